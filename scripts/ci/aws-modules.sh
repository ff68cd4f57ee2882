#!/usr/bin/env bash
# The modules for AWS: validity, their tests, and each example of them against moto, which answers in AWS's place:
# plan, policy, apply, "no changes", an update, "no changes", destroy, nothing left. Ends what it started.
# Usage: aws-modules.sh FOLDER [EXAMPLE...]; it needs Terraform's aws provider in a mirror (TF_MIRROR, or found).
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
examples=${*:-cell-aws dedicated-aws control-plane-aws}
cd "$(dirname "$0")/../.."
here=$PWD
export PATH=$here/node_modules/.bin:$PATH

mirror=$(scripts/ci/aws-mirror.sh)
cat >"$folder/cli.tfrc" <<CONFIG
disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path = "$mirror"
  }
}
CONFIG
export TF_CLI_CONFIG_FILE=$folder/cli.tfrc TF_IN_AUTOMATION=1 NO_COLOR=1 TF_CLI_ARGS=-no-color
rm -rf "$folder/terraform"
cp -r infra/terraform "$folder/terraform"
cd "$folder/terraform"

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
# An image that moto knows, and the policies that AWS itself provides.
export TF_VAR_image_id=ami-1e749f67 TF_VAR_endpoint=http://127.0.0.1:$port MOTO_IAM_LOAD_MANAGED_POLICIES=true
python=$("$here/scripts/ci/moto.sh" "$folder/venv")
"$python" "$here/scripts/ci/moto-server.py" -H 127.0.0.1 -p "$port" >"$folder/moto.log" 2>&1 </dev/null &
moto=$!
jobs_running=()
end() {
  for pid in ${jobs_running[@]+"${jobs_running[@]}"}; do kill -- "-$pid" 2>/dev/null || true; done
  kill "$moto" 2>/dev/null || true
  wait 2>/dev/null || true
}
trap end EXIT
for _ in $(seq 300); do
  curl -sf "http://127.0.0.1:$port/moto-api/" >/dev/null && break
  kill -0 "$moto" 2>/dev/null || { cat "$folder/moto.log" >&2; exit 1; }
  sleep 0.1
done

# One example: its whole life. The update is the last argument.
life() {
  local name=$1 update=$2 started=$SECONDS code
  cd "examples/$name"
  terraform init -input=false >/dev/null
  terraform plan -input=false -out=plan >/dev/null
  terraform show -json plan >plan.json
  node "$here/scripts/terraform-policy.ts" plan.json
  [[ " $examples " == *" $name "* ]] || { echo "$name: plan, policy"; return 0; }
  terraform apply -input=false plan | tail -n 4
  unchanged() {
    code=0
    terraform plan -input=false -detailed-exitcode "$@" >plan.log || code=$?
    [ "$code" = 0 ] || { echo "$name: the plan after an apply is not empty ($code)"; grep -E '^ +[#~+-]|Error' plan.log || true; return 1; }
  }
  unchanged
  terraform apply -input=false -auto-approve -var "$update" >apply.log
  grep -qE 'Resources: 0 added, [1-9][0-9]* changed, 0 destroyed' apply.log || { echo "$name: the update is not in place"; tail -n 5 apply.log; return 1; }
  unchanged -var "$update"
  terraform destroy -input=false -auto-approve -var "$update" | tail -n 2
  [ -z "$(terraform state list)" ] || { echo "$name: left behind:"; terraform state list; return 1; }
  echo "$name: plan, policy, apply, no changes, update ($update), destroy, 0 left ($((SECONDS - started)) s)"
}

# Each in a process group of its own, so that Terraform ends with it.
set -m
updates=('cell-aws data_gib=60' 'dedicated-aws data_gib=30' 'control-plane-aws log_days=60')
for entry in "${updates[@]}"; do
  name=${entry% *}
  (set -e; life "$name" "${entry#* }") >"$folder/$name.log" 2>&1 &
  jobs_running+=($!)
done
set +m

# Meanwhile what needs no server. A mock provider needs none either.
failed=0
for module in modules/*-aws; do
  (terraform -chdir="$module" init -input=false >/dev/null && terraform -chdir="$module" validate && terraform -chdir="$module" test) >"$folder/test.log" 2>&1 ||
    { failed=1; cat "$folder/test.log"; }
  echo "$module: $(tail -n 1 "$folder/test.log")"
done

for pid in "${jobs_running[@]}"; do wait "$pid" || failed=1; done
cat "$folder"/*-aws.log
exit "$failed"
