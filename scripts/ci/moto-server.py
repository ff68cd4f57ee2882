"""Moto's server, with the few things that the modules need and moto lacks. ElastiCache: a group of parameters can be made,
read, changed and deleted; the members of a replication group are found; a group that was deleted is gone, one of subnets too.
SES: tags of an identity are found under its ARN. KMS: a disabled key refuses its work. S3: a rule of a bucket's lifecycle keeps
the sizes that it is for; an object is compared and written at once, with its metadata.
Usage: moto-server.py -H HOST -p PORT"""

import sys
import threading

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.models import ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse
from moto.kms.models import KmsBackend
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response
from moto.server import main
from moto.sesv2.models import SESV2Backend

GROUPS = {}


def group_arn(response, name):
    return f"arn:aws:elasticache:{response.region}:{response.current_account}:parametergroup:{name}"


def create(self):
    given = self._get_params()
    name = given["CacheParameterGroupName"]
    GROUPS[name] = {
        "group": {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": given["CacheParameterGroupFamily"],
            "Description": given["Description"],
            "IsGlobal": False,
            "ARN": group_arn(self, name),
        },
        "values": {},
        "tags": given.get("Tags", []),
    }
    return ActionResult({"CacheParameterGroup": GROUPS[name]["group"]})


def describe(self):
    name = self._get_params().get("CacheParameterGroupName")
    found = [entry["group"] for key, entry in GROUPS.items() if name in (None, key)]
    return ActionResult({"CacheParameterGroups": found})


def describe_parameters(self):
    values = GROUPS[self._get_params()["CacheParameterGroupName"]]["values"]
    return ActionResult(
        {"Parameters": [{"ParameterName": key, "ParameterValue": value, "Source": "user"} for key, value in values.items()]}
    )


def modify(self):
    given = self._get_params()
    name = given["CacheParameterGroupName"]
    for pair in given.get("ParameterNameValues", []):
        GROUPS[name]["values"][pair["ParameterName"]] = pair["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": name})


def delete(self):
    GROUPS.pop(self._get_params()["CacheParameterGroupName"], None)
    return EmptyResult()


MEMBERS = {}

plain_create_group = ElastiCacheResponse.create_replication_group


def create_replication_group(self):
    given = self._get_params()
    group = given["ReplicationGroupId"]
    for number in range(1, int(given.get("NumCacheClusters", 1)) + 1):
        name = f"{group}-{number:03}"
        MEMBERS[name] = {
            "CacheClusterId": name,
            "CacheClusterStatus": "available",
            "ReplicationGroupId": group,
            "Engine": given["Engine"],
            "EngineVersion": f"{given['EngineVersion']}.0" if given["EngineVersion"].count(".") < 2 else given["EngineVersion"],
            "CacheNodeType": given["CacheNodeType"],
            "CacheSubnetGroupName": given.get("CacheSubnetGroupName"),
            "CacheParameterGroup": {
                "CacheParameterGroupName": given.get("CacheParameterGroupName"),
                "ParameterApplyStatus": "in-sync",
            },
            "SecurityGroups": [{"SecurityGroupId": one, "Status": "active"} for one in given.get("SecurityGroupIds", [])],
            "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
            "SnapshotWindow": "03:00-04:00",
            "SnapshotRetentionLimit": int(given.get("SnapshotRetentionLimit", 0)),
            "AutoMinorVersionUpgrade": True,
            "AtRestEncryptionEnabled": True,
            "TransitEncryptionEnabled": True,
            "ARN": f"arn:aws:elasticache:{self.region}:{self.current_account}:cluster:{name}",
        }
    return plain_create_group(self)


plain_set_members = ReplicationGroup._set_node_members_clusters_disabled


def set_members(self, **given):
    # Moto takes the number of members from the replicas only.
    if not given["replicas_per_node_group"]:
        given["replicas_per_node_group"] = given["num_cache_clusters"] - 1
    return plain_set_members(self, **given)


ReplicationGroup._set_node_members_clusters_disabled = set_members

plain_describe_clusters = ElastiCacheResponse.describe_cache_clusters


def describe_cache_clusters(self):
    member = MEMBERS.get(self._get_param("CacheClusterId"))
    return ActionResult({"CacheClusters": [member]}) if member else plain_describe_clusters(self)


plain_delete_group = ElastiCacheResponse.delete_replication_group


def delete_replication_group(self):
    group = self._get_params()["ReplicationGroupId"]
    for name in [name for name, member in MEMBERS.items() if member["ReplicationGroupId"] == group]:
        del MEMBERS[name]
    answer = plain_delete_group(self)
    # Moto goes on deleting it for ever.
    del self.elasticache_backend.replication_groups[group]
    return answer


def delete_subnet_group(self):
    self.elasticache_backend.cache_subnet_groups.pop(self._get_params()["CacheSubnetGroupName"], None)
    return EmptyResult()


ElastiCacheResponse.delete_cache_subnet_group = delete_subnet_group
ElastiCacheResponse.create_replication_group = create_replication_group
ElastiCacheResponse.delete_replication_group = delete_replication_group
ElastiCacheResponse.describe_cache_clusters = describe_cache_clusters

plain_list_tags = ElastiCacheResponse.list_tags_for_resource


def list_tags(self):
    arn = self._get_params().get("ResourceName", "")
    kind, _, name = arn.rpartition(":")
    if kind.endswith(":parametergroup") and name in GROUPS:
        return ActionResult({"TagList": GROUPS[name]["tags"]})
    return plain_list_tags(self)


ElastiCacheResponse.create_cache_parameter_group = create
ElastiCacheResponse.describe_cache_parameter_groups = describe
ElastiCacheResponse.describe_cache_parameters = describe_parameters
ElastiCacheResponse.modify_cache_parameter_group = modify
ElastiCacheResponse.reset_cache_parameter_group = modify
ElastiCacheResponse.delete_cache_parameter_group = delete
ElastiCacheResponse.list_tags_for_resource = list_tags

plain_list_mail_tags = SESV2Backend.list_tags_for_resource
SESV2Backend.list_tags_for_resource = lambda self, resource_arn: plain_list_mail_tags(
    self, resource_arn.replace(":identity/", ":email-identity/")
)

plain_decrypt = KmsBackend.decrypt
plain_generate = KmsBackend.generate_data_key


def refuse_disabled(backend, key_id):
    key = backend.keys[backend.any_id_to_key_id(key_id)]
    if not key.enabled:
        raise JsonRESTError("DisabledException", f"{key.arn} is disabled.")


def decrypt(self, ciphertext_blob, encryption_context, key_id=None):
    opened = plain_decrypt(self, ciphertext_blob, encryption_context, key_id)
    refuse_disabled(self, opened[1])
    return opened


def generate_data_key(self, key_id, **given):
    refuse_disabled(self, key_id)
    return plain_generate(self, key_id=key_id, **given)


KmsBackend.decrypt = decrypt
KmsBackend.generate_data_key = generate_data_key

SIZES = {}
BOUNDS = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")

plain_put_lifecycle = S3Backend.put_bucket_lifecycle
plain_get_lifecycle = S3Response.get_bucket_lifecycle


def put_lifecycle(backend, bucket_name, rules):
    for rule in rules if isinstance(rules, list) else [rules]:
        both = (rule.get("Filter") or {}).get("And") or {}
        SIZES[bucket_name, rule.get("ID")] = {bound: int(both[bound]) for bound in BOUNDS if bound in both}
    return plain_put_lifecycle(backend, bucket_name, rules)


def get_lifecycle(self):
    plain = self.serialized

    def with_sizes(answer):
        for rule in answer.result["Rules"] if isinstance(answer.result, dict) else []:
            for bound, size in SIZES.get((self.bucket_name, rule["ID"]), {}).items():
                rule["Filter"]["And"][bound] = size
        return plain(answer)

    self.serialized = with_sizes
    return plain_get_lifecycle(self)


S3Backend.put_bucket_lifecycle = put_lifecycle
S3Response.get_bucket_lifecycle = get_lifecycle

# Each request has a thread: between a comparison and its write, and between a write and its metadata, others came.
OBJECTS = threading.RLock()


def one_at_a_time(plain):
    def locked(*args, **given):
        with OBJECTS:
            return plain(*args, **given)

    return locked


for name in ("put_object", "head_object", "get_object", "delete_object"):
    setattr(S3Response, name, one_at_a_time(getattr(S3Response, name)))

main(sys.argv[1:])
