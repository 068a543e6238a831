from django.urls import URLPattern, URLResolver, path

from patients.views import alike_patients, clinical_profile, contacts, imports, lists, merges, patients

app_name = "patients"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.patient_list, name="list"),
    path("search", lists.search, name="search"),
    path("choose", lists.choose, name="choose"),
    path("register", patients.register, name="register"),
    path("alike/", alike_patients.worklist, name="alike"),
    path("merges/<uuid:merge_id>/", merges.show, name="merge"),
    path("merges/<uuid:merge_id>/undo", merges.undo, name="undo-merge"),
    path("merges/<uuid:merge_id>/reverse", merges.reverse, name="reverse-merge"),
    path("<uuid:patient_id>/compare/", alike_patients.choose_other, name="compare-with"),
    path("<uuid:patient_id>/compare/<uuid:other_patient_id>/", merges.compare, name="compare"),
    path("<uuid:patient_id>/compare/<uuid:other_patient_id>/merge", merges.merge, name="merge-into-one"),
    path("<uuid:patient_id>/compare/<uuid:other_patient_id>/say", alike_patients.say, name="say-of-pair"),
    path("<uuid:patient_id>/compare/<uuid:other_patient_id>/unsay", alike_patients.unsay, name="unsay-of-pair"),
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
    path("<uuid:patient_id>/contacts/<uuid:point_id>/verify", contacts.verify_contact, name="verify-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/unverify", contacts.unverify_contact, name="unverify-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/share", contacts.share_contact, name="share-contact"),
    path("<uuid:patient_id>/contacts/<uuid:point_id>/unshare", contacts.unshare_contact, name="unshare-contact"),
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
