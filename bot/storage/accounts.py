"""Accounts in the database. `StoredBookings` and `Books` make one with a member's first order or grant."""

from __future__ import annotations

from bot.domain.quota import Account
from bot.storage.database import Transaction
from bot.storage.sql import statement

_ADD_PERSON = statement("accounts.add_person")
_ADD = statement("accounts.add")


def open_account(transaction: Transaction, account: Account) -> None:
    """Inserts the account and its owner. What is there already stays as it is."""
    owner = {"member_id": account.member_id}
    transaction.run(_ADD_PERSON, owner)
    transaction.run(_ADD, {**owner, "kind": account.kind})
