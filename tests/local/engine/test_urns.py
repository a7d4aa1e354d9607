"""URNs as Pulumi writes them."""

from local.engine import urns


def test_a_child_of_the_stack_does_not_show_it() -> None:
    stack = urns.make("dev", "symphony", urns.STACK_TYPE, "symphony-dev")
    assert stack == "urn:pulumi:dev::symphony::pulumi:pulumi:Stack::symphony-dev"
    queue = urns.make("dev", "symphony", "aws:sqs/queue:Queue", "q", stack)
    assert queue == "urn:pulumi:dev::symphony::aws:sqs/queue:Queue::q"


def test_a_child_of_components_shows_their_types() -> None:
    outer = urns.make("dev", "symphony", "my:a:Outer", "o")
    inner = urns.make("dev", "symphony", "my:a:Inner", "i", outer)
    queue = urns.make("dev", "symphony", "aws:sqs/queue:Queue", "q::odd", inner)
    assert queue == "urn:pulumi:dev::symphony::my:a:Outer$my:a:Inner$aws:sqs/queue:Queue::q::odd"
    assert urns.type_of(queue) == "aws:sqs/queue:Queue"
    assert urns.name_of(queue) == "q::odd"


def test_automatic_suffixes_are_stable_and_differ() -> None:
    assert urns.hexadecimal("a") == urns.hexadecimal("a")
    assert len(urns.hexadecimal("a")) == 7
    assert len({urns.hexadecimal("a"), urns.hexadecimal("b"), urns.hexadecimal("a", generation=1)}) == 3
