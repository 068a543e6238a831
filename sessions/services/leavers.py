"""Hand a person's open work to a colleague, in one step."""

from django.db import transaction

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership
from accounts.services import on_call
from sessions.models import CourseReview, FollowUp, VisitRecall
from sessions.queries.leavers import may_take_all


@transaction.atomic
def hand_over(*, by: Actor, member: Membership, to: Membership) -> int:
    """Follow-ups and recalls, and a clinician's reviews and place on call, are the colleague's; return how many.

    What is completed, cancelled or decided stays under the name of who did it.
    """
    own = {"clinic_id": by.clinic_id, "owner": member}
    count = FollowUp.objects.outstanding().filter(**own).update(owner=to)
    count += VisitRecall.objects.filter(**own).update(owner=to)
    if to.role == Role.CLINICIAN and not to.needs_co_signature:
        supervised = Membership.objects.visible_to(by).filter(supervisor=member)
        count += supervised.exclude(pk=to.pk).update(supervisor=to)
    if may_take_all(to):
        count += CourseReview.objects.undecided().filter(**own).update(owner=to)
        count += on_call.hand_over(by=by, membership_id=member.pk, to=to)
    return count
