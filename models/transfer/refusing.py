"""Why a database is not moved, backed up or restored."""


class Refused(Exception):
    """`code` names the sentence, `params` fill it. Neither holds what people typed, a name or a password."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
