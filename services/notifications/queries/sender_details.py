"""What stands on every message: who sends it, and where they can be called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.notifications.models import Message
from services.notifications.queries.context import Context
from shared.discretion import betraying_words


@dataclass(frozen=True)
class SenderDetails:
    """What stands on every message: the address of our pages, who sends it, and whether a person reads answers.

    telephone, out_of_hours_telephone  where the organisation can be called, and when nobody is there; often empty
    """

    public_url: str
    sender_name: str
    is_answered: bool
    telephone: str = ""
    out_of_hours_telephone: str = ""

    def of(self, message: Message, context: Context) -> SenderDetails:
        """Return these with what the organisation of who takes part filled in; on messages to staff they stay.

        A name that betrays by words that were added to the list since stands on no message.
        """
        organisation = context.organisations.get(message.organisation_id)
        if organisation is None or not message.participant_id:
            return self
        own_name = "" if betraying_words(organisation.sender_name) else organisation.sender_name
        return replace(
            self,
            sender_name=own_name or self.sender_name,
            telephone=organisation.telephone,
            out_of_hours_telephone=organisation.out_of_hours_telephone,
        )
