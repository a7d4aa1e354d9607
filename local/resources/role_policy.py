"""aws:iam/rolePolicy:RolePolicy. https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html"""

from __future__ import annotations

from local.resources.base import Call, Handler, Made, Naming, names


class RolePolicy(Handler):
    """A policy inside a role; its id is `ROLE:NAME`."""

    type = "aws:iam/rolePolicy:RolePolicy"
    handles = names("name namePrefix role policy")
    naming = Naming(longest=128)

    def create(self, call: Call) -> Made:
        """Put the policy into its role."""
        role, name = call.inputs["role"], call.inputs["name"]
        call.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=call.inputs["policy"])
        return Made(f"{role}:{name}")


HANDLER = RolePolicy()
