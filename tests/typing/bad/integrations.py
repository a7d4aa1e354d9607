# ruff: noqa: E501, F403, F405
"""What both type checkers must refuse of integrations, with the words that they must say; see mistakes.py."""

from tests.typing.good_integrations import *
from tests.workflow.models import *
from workflow.integrations import *

# mypy says: "Reading" has no attribute "devise_id"; maybe "device_id"?
# pyright says: Cannot access attribute "devise_id" for class "Reading"
sdk("List", "ecs:listTasks", of=Reading, cluster=lambda r: r.devise_id)

# mypy says: "Reading" has no attribute "devise_id"; maybe "device_id"?
# pyright says: Cannot access attribute "devise_id" for class "Reading"
optimized("Run", "glue:startJobRun", of=Reading, JobName=lambda r: r.devise_id)

# mypy says: "Tasks" has no attribute "TaskArn"; maybe "TaskArns"?
# pyright says: Cannot access attribute "TaskArn" for class "Tasks"
sdk("List", "ecs:listTasks", of=Reading, returns=Tasks).output(lambda t: t.TaskArn)

# mypy says: "Reading" has no attribute "idd"; maybe "id"?
# pyright says: Cannot access attribute "idd" for class "Reading"
SendMessage("Ask", queue, of=Reading).wait_for_token(returns=Answer, body=lambda r, t: {"id": r.idd, "token": t})

# mypy says: "Answer" has no attribute "no"
# pyright says: Cannot access attribute "no" for class "Answer"
SendMessage("Ask", queue, of=Reading).wait_for_token(returns=Answer, body=lambda r, token: token).output(lambda a: a.no)

# mypy says: Missing named argument "returns" for "wait_for_token" of "Calling"
# pyright says: Argument missing for parameter "returns"
SendMessage("Ask", queue, of=Reading).wait_for_token(body=lambda r, token: token)

# mypy says: has incompatible type "str"; expected "Queue"
# pyright says: "Literal['jobs']" is not assignable to "Queue"
SendMessage("Send", "jobs", of=Reading, body=lambda r: r)

# mypy says: "float"
# pyright says: "float" is not assignable to "str"
SendMessage("Send", queue, of=Reading, body="x", group=lambda r: r.celsius)

# mypy says: "float"
# pyright says: "float" is not assignable to "str"
PutEvent("Tell", of=Reading, source="s", type=lambda r: r.celsius, detail=lambda r: r)

# mypy says: "Reading" has no attribute "idd"; maybe "id"?
# pyright says: Cannot access attribute "idd" for class "Reading"
UpdateItem("Mark", items, of=Reading, key=lambda r: r.id, set={"alert": lambda r: r.idd})

# mypy says: "Reading" has no attribute "idd"; maybe "id"?
# pyright says: Cannot access attribute "idd" for class "Reading"
DeleteItem("Drop", items, of=Reading, key=lambda r: r.idd)

# mypy says: "list[Item]" has no attribute "celsius"
# pyright says: Cannot access attribute "celsius" for class "list[Item]"
Query("Find", items, of=Reading, value=lambda r: r.id).output(lambda found: found.celsius)

# mypy says: has incompatible type "ExpressWorkflow[Reading, Summary]"; expected "StandardWorkflow[
# pyright says: "ExpressWorkflow[Reading, Summary]" is not assignable to "StandardWorkflow[
RunExecution("Run", quick, of=Reading, input=lambda r: r)

# mypy says: has incompatible type "StandardWorkflow[Reading, Summary]"; expected "ExpressWorkflow[
# pyright says: "StandardWorkflow[Reading, Summary]" is not assignable to "ExpressWorkflow[
CallExpress("Call", child, of=Reading, input=lambda r: r)

# mypy says: "Summary"
# pyright says: "Summary"
StartExecution("Start", child, of=Reading, input=lambda r: Summary(text=r.id))

# mypy says: "Summary" has no attribute "txt"; maybe "text"?
# pyright says: Cannot access attribute "txt" for class "Summary"
RunExecution("Run", child, of=Reading, input=lambda r: r).output(lambda s: s.txt)

# mypy says: Argument "method" to "CallHttp" has incompatible type "Literal['FETCH']"
# pyright says: "Literal['FETCH']" is not assignable to type "Literal['GET']"
CallHttp("Charge", bank, of=Reading, returns=Summary, url="https://x", method="FETCH")

# mypy says: Missing named argument "returns" for "RunActivity"
# pyright says: Argument missing for parameter "returns"
RunActivity("Review", Activity("a"), of=Reading)

# mypy says: "Calling[Reading, Any]" has no attribute "wait_for_tokn"; maybe "wait_for_token"?
# pyright says: Cannot access attribute "wait_for_tokn" for class "Calling[Reading, Any]"
optimized("Ask", "sqs:sendMessage", of=Reading, QueueUrl="u").wait_for_tokn
