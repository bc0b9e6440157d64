"""What happens when a time comes; each use case checks the clock and the state itself."""

from domain.bids import BidState
from domain.challenges import ChallengeState
from domain.ports import Timer, TimerKind, UnitOfWork


def run_timer(work: UnitOfWork, timer: Timer) -> None:
    """Do what the timer is for; a timer that came too early or too late does nothing."""
    match timer.kind:
        case TimerKind.BIDS_CLOSE:
            close_bidding(work, timer.aggregate_id)
        case TimerKind.MILESTONE_DUE:
            mark_overdue(work, timer.aggregate_id, timer.part)


def close_bidding(work: UnitOfWork, challenge_id: str) -> None:
    """Take the challenge to its judges, or close it where nobody bid."""
    challenge = work.challenges.hold(challenge_id)
    if challenge.state is not ChallengeState.OPEN:
        return
    if work.now() < challenge.brief.bids_close_at:
        work.timers.set(Timer(challenge.id, TimerKind.BIDS_CLOSE, challenge.brief.bids_close_at))
        return
    bids = [b for b in work.bids.of_challenge(challenge_id) if b.state is not BidState.WITHDRAWN]
    challenge.close_bidding(work.now(), bids=len(bids))
    work.challenges.save(challenge)


def mark_overdue(work: UnitOfWork, project_id: str, milestone_id: str) -> None:
    """Note that a milestone's day has passed without a submission."""
    project = work.projects.get(project_id)
    if project.mark_overdue(milestone_id, work.now()):
        work.projects.save(project)
