"""aws:iam/role:Role. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from local.resources.base import Call, Handler, Made, Naming, given, names


class Role(Handler):
    """A role; its id is its name. The deprecated inputs for policies inside it are not taken: use RolePolicy."""

    type = "aws:iam/role:Role"
    handles = names("name namePrefix description assumeRolePolicy path maxSessionDuration permissionsBoundary")
    ignores: ClassVar[Mapping[str, str]] = {
        "forceDetachPolicies": "it matters when a role is removed",
    }
    naming = Naming(longest=64)

    def create(self, call: Call) -> Made:
        """Create the role."""
        role = call.client("iam").create_role(
            RoleName=call.inputs["name"],
            AssumeRolePolicyDocument=call.inputs["assumeRolePolicy"],
            Tags=[{"Key": key, "Value": value} for key, value in call.tags.items()],
            **given(
                call.inputs,
                Description="description",
                Path="path",
                MaxSessionDuration="maxSessionDuration",
                PermissionsBoundary="permissionsBoundary",
            ),
        )["Role"]
        return Made(
            role["RoleName"],
            {
                "arn": role["Arn"],
                "uniqueId": role["RoleId"],
                "createDate": role["CreateDate"].isoformat(),
                "path": role.get("Path", "/"),
                "maxSessionDuration": call.inputs.get("maxSessionDuration", 3600),
            },
        )


HANDLER = Role()
