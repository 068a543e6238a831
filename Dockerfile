# One image; web, worker, beat and migrate are four commands of it (see docker-compose.yml). The backup has an image of its
# own, because it needs the tools of the very PostgreSQL that runs.

FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM postgres:18-trixie AS backup
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=pitclinic.settings.production \
    PATH=/opt/pitclinic/bin:/usr/lib/postgresql/18/bin:$PATH
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
COPY requirements/production.txt requirements/production.txt
RUN python3 -m venv /opt/pitclinic \
    && pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/production.txt
COPY . .
RUN useradd --system --uid 10001 --home-dir /var/lib/pitclinic --create-home pitclinic \
    && install -d -o pitclinic /var/lib/pitclinic/imports /var/lib/pitclinic/backups /var/lib/pitclinic/backup-work
USER 10001
ENTRYPOINT []
CMD ["python", "manage.py", "backup", "--forever"]

FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=pitclinic.settings.production
WORKDIR /app
COPY requirements/production.txt requirements/production.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/production.txt
COPY . .
COPY --from=assets /app/node_modules node_modules
# The values below only let the settings load while the image is built; a container without its own does not start.
RUN python -P pitclinic/assets.py --fetched && rm -rf node_modules \
    && if [ -d locale ]; then pybabel -q compile -d locale -D django; fi \
    && PITCLINIC_SECRET_KEY=while-building PITCLINIC_FACTOR_KEY=while-building-and-never-after-0123456789 \
       PITCLINIC_DATABASE_URL=postgresql://build.invalid/build \
       PITCLINIC_BROKER_URL=redis://build.invalid/0 PITCLINIC_PUBLIC_ORIGIN=https://build.invalid \
       PITCLINIC_ALLOWED_HOSTS=build.invalid PITCLINIC_EMAIL_URL=smtp://build.invalid:25 \
       PITCLINIC_DEFAULT_FROM_EMAIL=build@build.invalid \
       python manage.py collectstatic --no-input --verbosity 0 \
    && python -m whitenoise.compress --quiet staticfiles \
    && useradd --system --uid 10001 --home-dir /var/lib/pitclinic --create-home pitclinic \
    && install -d -o pitclinic /var/lib/pitclinic/beat /var/lib/pitclinic/imports
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--config", "python:pitclinic.gunicorn"]
