"""Ministack, with the few things that the modules need and it lacks. RDS: the password of a database's owner is made and kept in
a secret, as for its clusters. ElastiCache: a replication group tells its key, and of a group of parameters
those that somebody has set can be asked for.
Usage: ministack-server.py   (BIND_HOST, GATEWAY_PORT, MINISTACK_REGION, DOCKER_HOST, DOCKER_NETWORK)"""

import json
import re

from ministack.app import main
from ministack.services import elasticache, rds, secretsmanager

SECRETS = {}

plain_create = rds._create_db_instance_impl


def create(given):
    if rds._p(given, "ManageMasterUserPassword") != "true":
        return plain_create(given)
    name, user = rds._p(given, "DBInstanceIdentifier"), rds._p(given, "MasterUsername")
    password = rds._generate_master_user_password()
    arn = secretsmanager.create_secret_in_process(
        f"rds!db-{rds.new_uuid()}", json.dumps({"username": user, "password": password}), description=f"Owner of {name}"
    )
    SECRETS[name] = arn
    return plain_create({**given, "MasterUserPassword": [password]})


plain_xml = rds._instance_xml


def instance_xml(instance):
    xml = plain_xml(instance)
    arn = SECRETS.get(instance["DBInstanceIdentifier"])
    if arn is None or "<MasterUserSecret>" in xml:
        return xml
    secret = f"<MasterUserSecret><SecretArn>{arn}</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>"
    return xml.replace("<DbiResourceId>", f"{secret}<DbiResourceId>", 1)


rds._create_db_instance_impl = create
rds._instance_xml = instance_xml

KEYS = {}

plain_create_group = elasticache._create_replication_group
plain_group_xml = elasticache._rg_xml


def create_group(given):
    KEYS[elasticache._p(given, "ReplicationGroupId")] = elasticache._p(given, "KmsKeyId")
    return plain_create_group(given)


def group_xml(group):
    key = KEYS.get(group["ReplicationGroupId"])
    return plain_group_xml(group) + (f"<KmsKeyId>{key}</KmsKeyId>" if key else "")


plain_parameters = elasticache._describe_cache_parameters


def describe_parameters(given):
    status, headers, body = plain_parameters(given)
    source = elasticache._p(given, "Source")
    if status != 200 or not source:
        return status, headers, body
    of_others = re.compile(rb"<Parameter>(?:(?!</Parameter>).)*<Source>(?!%b<)(?:(?!</Parameter>).)*</Parameter>" % source.encode(), re.S)
    return status, headers, of_others.sub(b"", body)


elasticache._describe_cache_parameters = describe_parameters
elasticache._create_replication_group = create_group
elasticache._rg_xml = group_xml

main()
