"""What is said on the page after a form was taken. A cookie carries the code to that page."""

from collections.abc import Callable, Mapping

from api.web.i18n import gettext as _

SENTENCES: Mapping[str, Callable[[], str]] = {
    "draft_saved": lambda: _("Draft saved. Nobody outside your plant sees it."),
    "sent_for_review": lambda: _("Sent for review. Your approver has it now."),
    "published": lambda: _("Posted. All teams are ranked, the best are told."),
    "returned_to_author": lambda: _("Returned to its author as a draft."),
    "cancelled": lambda: _("Taken back. Teams that had bid are told."),
    "amended": lambda: _("Changed. The ranking follows the new text."),
    "terms_accepted": lambda: _("Terms accepted. The full brief is open to you."),
    "not_relevant": lambda: _("Noted. You are not told of this one again."),
    "relevant_again": lambda: _("Taken back. It counts as any other again."),
    "bid_sent": lambda: _("Bid sent. You can change it until bids close."),
    "bid_revised": lambda: _("Bid changed."),
    "bid_withdrawn": lambda: _("Bid withdrawn."),
    "shortlisted": lambda: _("Shortlisted."),
    "awarded": lambda: _("Awarded. The project has begun, every team is told."),
    "milestone_submitted": lambda: _("Submitted. Both mentors are told."),
    "file_added": lambda: _("File added."),
    "milestone_signed": lambda: _("Signed."),
    "milestone_returned": lambda: _("Returned to the team with your reason."),
    "project_accepted": lambda: _("Accepted. The team is told."),
    "team_formed": lambda: _("Your team is formed."),
    "team_changed": lambda: _("Team changed."),
    "invited": lambda: _("Asked. They are in the team as soon as they accept."),
    "invitation_taken_back": lambda: _("Taken back. They are asked no longer."),
    "invitation_declined": lambda: _("Declined. The team learns nothing more of you."),
    "joined": lambda: _("You are in the team."),
    "handed_over": lambda: _("Handed over. The team has another captain."),
    "team_left": lambda: _("You have left the team."),
    "project_stopped": lambda: _("Stopped. Team, mentors and plant are told."),
    "closed_unawarded": lambda: _("Closed without a winner. Every team that bid is told."),
    "team_locked": lambda: _("Roster locked: no new challenges until you unlock it."),
    "team_unlocked": lambda: _("Roster unlocked."),
    "skills_saved": lambda: _("Skills saved. Your team's fit is new everywhere."),
    "local_skill_added": lambda: _("Skill added. In a moment it can be asked for and entered."),
    "local_skill_changed": lambda: _("Skill changed. Rankings follow in a moment."),
    "all_read": lambda: _("All marked as read."),
    "token_revoked": lambda: _("Token revoked. Programs that use it are refused from now on."),
    "session_ended": lambda: _("Signed out there."),
    "sessions_ended": lambda: _("Signed out everywhere else."),
    "password_changed": lambda: _("Password changed. You are signed out everywhere else."),
    "contact_saved": lambda: _("Mail settings saved."),
    "requeued": lambda: _("Sent through again. If it fails again, it comes back here."),
    "signed_out": lambda: _("Signed out."),
}
"""The sentences by code, made in the language of whoever reads them."""


def sentence(code: str | None) -> str | None:
    """What to say in the reader's language; None for no code or one that nobody left."""
    made = SENTENCES.get(code or "")
    return made() if made else None
