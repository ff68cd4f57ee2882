# The image of the services as an operator makes it for AWS: it trusts what signs for the database and the cache. And what ECS
# gives a task: its region, and credentials, which here are nobody's.
ARG PLAIN
FROM ${PLAIN}
COPY authorities.pem /etc/rookery/authorities.pem
ENV NODE_EXTRA_CA_CERTS=/etc/rookery/authorities.pem AWS_REGION=eu-central-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
