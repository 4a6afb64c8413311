/** A thing, and the names of its policies. */
export interface Thing {
  name: string
  policies: readonly string[]
}

/**
 * A script that makes the things, their certificates and their policies by the command `aws`. It may run again: policies get their new
 * text, and a thing keeps its certificate.
 */
export const thingsScript = (things: readonly Thing[]): string => `#!/bin/sh
# Made by setup cluster aws. It makes things, certificates and policies at AWS IoT Core, with the command aws (version 2).
#   sh things.sh            all things
#   sh things.sh pi-1 pi-2  these
# Each thing gets a folder with its certificate, its key and its settings. A second run changes the policies alone.
# A removed sensor: aws iot update-certificate --new-status INACTIVE --certificate-id ID
set -eu
umask 077
cd "$(dirname "$0")"

known='${things.map(({ name }) => name).join(' ')}'
policies_of() {
  case $1 in
${things.map(({ name, policies }) => `    ${name}) echo '${policies.join(' ')}' ;;`).join('\n')}
    *) echo "things.sh: no thing $1; there are: $known" >&2 && return 2 ;;
  esac
}

region=\${AWS_REGION:-\${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || { echo 'things.sh: set AWS_REGION, such as eu-central-1' >&2; exit 2; }
export AWS_REGION="$region"
identity=$(aws sts get-caller-identity --query Arn --output text)
partition=$(echo "$identity" | cut -d: -f2)
account=$(echo "$identity" | cut -d: -f5)
endpoint=$(aws iot describe-endpoint --endpoint-type iot:Data-ATS --query endpointAddress --output text)

make_policy() {
  text=$(sed "s/arn:PARTITION:iot:REGION:ACCOUNT:/arn:$partition:iot:$region:$account:/" "$1.json")
  if ! aws iot get-policy --policy-name "$1" >/dev/null 2>&1; then
    aws iot create-policy --policy-name "$1" --policy-document "$text" >/dev/null
    return
  fi
  # A policy has five versions at most.
  oldest=$(aws iot list-policy-versions --policy-name "$1" --query 'policyVersions[?!isDefaultVersion]|[3].versionId' --output text)
  if [ "$oldest" != None ]; then aws iot delete-policy-version --policy-name "$1" --policy-version-id "$oldest"; fi
  aws iot create-policy-version --policy-name "$1" --policy-document "$text" --set-as-default >/dev/null
}

make_thing() {
  aws iot describe-thing --thing-name "$1" >/dev/null 2>&1 || aws iot create-thing --thing-name "$1" >/dev/null
  mkdir -p "$1"
  if [ ! -s "$1/certificate.arn" ]; then
    aws iot create-keys-and-certificate --set-as-active --certificate-pem-outfile "$1/certificate.pem" \\
      --private-key-outfile "$1/private.key" --query certificateArn --output text >"$1/certificate.arn.part"
    mv "$1/certificate.arn.part" "$1/certificate.arn"
  fi
  certificate=$(cat "$1/certificate.arn")
  for policy in $2; do aws iot attach-policy --policy-name "$policy" --target "$certificate"; done
  aws iot attach-thing-principal --thing-name "$1" --principal "$certificate" >/dev/null
  cat >"$1/settings.env" <<END
MQTT_URL=mqtts://$endpoint:443
MQTT_PROFILE=aws
MQTT_CLIENT_ID=$1
MQTT_CERT_FILE=certificate.pem
MQTT_KEY_FILE=private.key
END
  # The device's topics have the name of the thing.
  case $2 in *every-sensor*) echo "SENSOR_ID=$1" >>"$1/settings.env" ;; esac
  echo "made $1"
}

[ $# -gt 0 ] || eval "set -- $known"
for thing in "$@"; do policies_of "$thing" >/dev/null; done
for policy in $(for thing in "$@"; do policies_of "$thing"; done | tr ' ' '\\n' | sort -u); do make_policy "$policy"; done
for thing in "$@"; do make_thing "$thing" "$(policies_of "$thing")"; done
echo 'Copy each folder to its machine. Its settings.env replaces the lines MQTT_… in .env (the monitor) or .env.sensor (a sensor).'
`
