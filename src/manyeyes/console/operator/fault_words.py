"""The sentences of what is wrong with something that an operator gave (roles/house), to be said in five languages."""

from manyeyes.console.shared.languages import mark

FAULTS = (
    mark("somebody else changed it meanwhile; look at what it is now"),
    mark("the weight must be from 1 to %(most)s"),
    mark("the days must be from 0 to %(most)s"),
    mark("there is no queue %(queue)s"),
    mark("the share of gold must be from 0 to %(most)s"),
    mark("a floor needs gold to be measured by: give a --gold-share above 0, or none"),
    mark("the floor must be a share between 0 and 1, such as 0.7; 0 takes it away"),
    mark("the life must be from 60s to 30d, written like 10m, 24h or 30d, or `default`"),
    mark("a token is always one person's: a queue of tokens takes no number of answers"),
    mark("the price must be more than 0"),
    mark("the pay must not be more than the price"),
    mark("the pay for a vote must not be more than the price"),
    mark("%(name)s must be from 1 to %(most)s"),
    mark("the id must be from 1 to %(most)s"),
    mark("the id or the name is taken; see `manyeyes queue list`"),
    mark("--audit-share must be from 0 to 1"),
    mark(
        "the queue's own terms promise a share of wrong results, and without audits nothing can ever be proven: "
        "give an --audit-share above 0"
    ),
    mark("a softId is from 1 to %(most)s"),
    mark("the softId %(soft_id)s is taken"),
    mark("the rate is from 1 to %(most)s calls per second"),
    mark("there is no app %(app)s"),
    mark("the end must be in the future"),
    mark("there are %(most)s announcements already: end one first"),
    mark("the role is one of %(roles)s"),
    mark("somebody of the staff is called %(name)s already"),
    mark("a review may wait for more than 0 and up to %(most)s hours"),
    mark("how many people look is for a review queue; without one nobody does: see --review-queue"),
)
