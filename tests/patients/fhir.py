"""Bundles as other systems write them."""

import json

CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def bundle(*resources):
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    )


def patient(**more):
    base = {
        "resourceType": "Patient",
        "id": "1",
        "name": [{"family": "Berg", "given": ["Ann"]}],
        "birthDate": "1970-01-02",
    }
    return base | more


def about(kind="patient", **more):
    return {kind: {"reference": "Patient/1"}} | more


def allergy(text="", *codings, **more):
    code = {"text": text} if text else {}
    if codings:
        code["coding"] = [dict(zip(("system", "code", "display"), one, strict=False)) for one in codings]
    return {"resourceType": "AllergyIntolerance", "code": code} | about() | more
