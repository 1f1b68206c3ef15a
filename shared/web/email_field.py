"""An e-mail address in a form or in the JSON API."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import fields

from shared.email_addresses import NotAnAddress, read_address


class EmailAddress(fields.String):
    """An address that we can write to; whether it exists is found out by writing to it."""

    default_error_messages = {  # noqa: RUF012
        "unlike": "Dit lijkt geen e-mailadres. Kijk of er een @ en een punt in staan, zoals naam@voorbeeld.nl.",
        "local": "Naar dit adres kunnen we niet mailen: voor de @ staat een teken dat veel mailservers"
        " niet kennen. Vul een adres in met alleen gewone letters voor de @.",
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_address(text)
        except NotAnAddress as error:
            raise self.make_error("local" if error.is_local else "unlike") from None
