"""The headings under which people read what is held about them: plain sentences, no word of a table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Topic

# Who sees it, where several headings say the same.
COORDINATORS = _("You, and the coordinators of your region.")
TEAM_ONLY = _("The team member, and those who look after accounts.")

TOPICS = (
    Topic(
        "account", _("Your account"),
        _("The name you chose, your e-mail address, your language and your time zone. When you made your account, and"
          " when you last signed in. If you use a passkey: the part of it that cannot open anything by itself."),
        _("You, and the coordinators of your region. People who lead your group see your chosen name only."), order=10,
    ),
    Topic(
        "application", _("Your file and your applications"),
        _("Your yes and no answers, the services you asked for, and where you live (province or territory only). What"
          " was decided, and why. We never ask what happened."),
        COORDINATORS, order=20,
    ),
    Topic(
        "wishes", _("What you wish for"),
        _("The languages and the kind of group you like, the times of the week that suit you, and what makes it easier"
          " for you to take part."),
        COORDINATORS, order=25,
    ),
    Topic(
        "meeting", _("Your talk with a coordinator"),
        _("The time and the way you meet. Which points were covered, and what would help you to take part. If you book"
          " a short call without a name: the time, one word to say, and the number to call if you gave one."),
        COORDINATORS, order=30,
    ),
    Topic(
        "groups", _("Your groups and your sessions"),
        _("Your place on a waiting list, the groups you are or were in, and the sessions you came to. If you agreed"
          " to questions before and after a group: your answers. Nothing of what is said in a session is written"
          " down."),
        _("You, the coordinators of your region, and the people who lead your group. They see your chosen name only,"
          " and nobody but you sees your answers."),
        order=40,
    ),
    Topic(
        "feedback", _("What you say about a session without your name"),
        _("Your answers to a few short questions, in one locked box with those of others. Nothing in it says who gave"
          " which answer."),
        _("Nobody. The team sees what several people said together, as numbers."), order=45,
    ),
    Topic(
        "consents", _("What you agreed to"),
        _("The words you agreed to, your typed name, and the day. If you took it back: the day. You never have to say"
          " why."),
        COORDINATORS, order=50,
    ),
    Topic(
        "contact", _("How we may reach you, and what we sent"),
        _("The ways that are safe for you, your number or address if you gave one, and the name to use. The messages"
          " and calls to you, and when they went out. What was said in a call is not written down."),
        COORDINATORS, order=60,
    ),
    Topic(
        "saved_form", _("A form that you saved"),
        _("If you save a form to finish it later: your address and your answers so far, locked. Nobody on the team can"
          " open it."),
        _("You only."), order=65,
    ),
    Topic(
        "safety", _("People who must not meet"),
        _("If it is not safe for two people to be in one group, a coordinator can note that. There is no place to write"
          " why."),
        _("The coordinators of the region, and nobody else. It is in nobody’s copy, because that could put someone in"
          " danger."),
        order=70,
    ),
    Topic(
        "requests", _("What you ask about your information"),
        _("What you asked us to fix or to delete, our answer, and your note beside it."),
        _("You, the coordinators of your region, and the privacy officer."), order=75,
    ),
    Topic(
        "log", _("Who opened your file"),
        _("Each time someone opens or changes something about you: who, when and why. Refused tries count too."),
        _("You, and the privacy officer."), order=80,
    ),
    Topic(
        "locks", _("Locks and keys"),
        _("One key for each person, which opens what is written about them. A note in our computer that your device is"
          " signed in. Neither your network address nor your kind of device is kept there."),
        _("Nobody. Only the program’s computer uses them."), order=85,
    ),
    Topic(
        "team", _("About the people who work here"),
        _("The roles of team members, the hours they offer, the groups they lead, and who changed which setting."),
        TEAM_ONLY, order=95, team=True,
    ),
)  # fmt: skip
