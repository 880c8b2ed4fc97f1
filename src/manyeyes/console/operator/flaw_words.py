"""The sentences of what is wrong with an entry of the trail, behind its number, to be said in five languages."""

from manyeyes.console.shared.languages import mark

FLAWS = (
    mark("is missing"),
    mark("stands there twice"),
    mark("was altered, or is not the one that was there"),
    mark("was altered and hashed anew: what comes after it follows another one"),
    mark("is not the last one that was written"),
    mark("is the last that is there, and what says where the chain has got to is gone"),
    mark("is not proven: the head of %(day)s is signed with another key, %(key)s"),
    mark("is not proven: the head of %(day)s is not what was signed"),
    mark(
        "or one of those up to %(number)s was altered, and all behind it hashed anew: "
        "the head of %(day)s signed another entry %(number)s"
    ),
    mark("is missing: a head was signed of this cell"),
)
