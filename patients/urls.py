from django.urls import URLPattern, URLResolver, path

from patients.views import clinical_profile, contacts, imports, lists, patients

app_name = "patients"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.patient_list, name="list"),
    path("search", lists.search, name="search"),
    path("choose", lists.choose, name="choose"),
    path("register", patients.register, name="register"),
    path("import/", imports.imports, name="imports"),
    path("import/<uuid:import_id>/", imports.show, name="import"),
    path("import/<uuid:import_id>/progress", imports.progress, name="import-progress"),
    path("import/<uuid:import_id>/check", imports.check, name="import-check"),
    path("import/<uuid:import_id>/apply", imports.apply, name="import-apply"),
    path("import/<uuid:import_id>/discard", imports.discard, name="import-discard"),
    path("import/<uuid:import_id>/errors.csv", imports.errors, name="import-errors"),
    path("<uuid:patient_id>/", patients.detail, name="detail"),
    path("<uuid:patient_id>/edit", patients.edit, name="edit"),
    path("<uuid:patient_id>/contacts/add", contacts.add_contact, name="add-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/", contacts.edit_contact, name="edit-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/stop", contacts.stop_contact, name="stop-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/resume", contacts.resume_contact, name="resume-contact"),
    path("<uuid:patient_id>/numbers/add", contacts.add_number, name="add-number"),
    path("<uuid:patient_id>/numbers/<uuid:number_id>/remove", contacts.remove_number, name="remove-number"),
    path("<uuid:patient_id>/profile/", clinical_profile.profile, name="profile"),
    path("<uuid:patient_id>/profile/conditions", clinical_profile.add_condition, name="add-condition"),
    path(
        "<uuid:patient_id>/profile/conditions/<uuid:row_id>/end", clinical_profile.end_condition, name="end-condition"
    ),
    path("<uuid:patient_id>/profile/allergies", clinical_profile.add_allergy, name="add-allergy"),
    path("<uuid:patient_id>/profile/allergies/<uuid:row_id>/end", clinical_profile.end_allergy, name="end-allergy"),
    path("<uuid:patient_id>/profile/flags", clinical_profile.raise_flag, name="raise-flag"),
    path("<uuid:patient_id>/profile/flags/<uuid:row_id>/lower", clinical_profile.lower_flag, name="lower-flag"),
    path("<uuid:patient_id>/profile/weights", clinical_profile.record_weight, name="record-weight"),
]
