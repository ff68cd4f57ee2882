#!/usr/bin/env bash
# From an API key to a message over TLS in three calls. Needs curl and the mosquitto clients.
set -euo pipefail
url=${ROOKERY_URL:-http://localhost:8080}
key=${ROOKERY_API_KEY:?set it to an API key; npm start writes one to .rookery/first-login.json}
call() { curl -fsS "$url/graphql" -H "authorization: Bearer $key" -H 'content-type: application/json' -d "{\"query\": \"$1\"}"; }
value() { grep -o "\"$1\":\"\?[^\",}]*" <<<"$answer" | head -n 1 | sed 's/.*[:"]//'; }

answer=$(call 'mutation { createDeployment(input: {name: \"quickstart\"}) { deployment { id } operation { operationId: id } userErrors { message } } }')
deployment=$(value id) operation=$(value operationId)

answer=$(call "mutation { createCredential(input: {deploymentId: \\\"$deployment\\\", username: \\\"sensor-1\\\"}) { secret userErrors { message } } }")
secret=$(value secret)

answer=$(call "{ operation(id: \\\"$operation\\\", waitSeconds: 30) { state deployment { connection { host mqttsPort } } } }")
host=$(value host) port=$(value mqttsPort)

curl -fsS "$url/ca.pem" -o rookery-ca.pem
mosquitto_sub --cafile rookery-ca.pem -h "$host" -p "$port" -u sensor-1 -P "$secret" -t 'room/#' -C 1 -v &
sleep 1
mosquitto_pub --cafile rookery-ca.pem -h "$host" -p "$port" -u sensor-1 -P "$secret" -t room/temperature -m 21.5 -q 1
wait
