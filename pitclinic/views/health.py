"""Is the process alive, and can it do its work?"""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from accounts.decorators import public


@public
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@public
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "database away"}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ready"})
