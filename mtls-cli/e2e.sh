#!/usr/bin/env bash
# Runs a client tunnel, a server tunnel and an echo service as processes of their own, and checks data, refusals,
# reload and shutdown: one line for each. Exits with 1 if one fails, and with 2 if something is missing.
#   mtls-cli/e2e.sh [JAR]
# JAR is target/mtls.jar if it is not given; JAVA_HOME counts if it is set. Client and server have a network namespace
# each where this script may make them (as root, with iproute2), and share the loopback interface otherwise, which
# MTLS_E2E_LOOPBACK=1 asks for. The echo service is socat with cat, because it passes on the end of one direction alone
# and needs no compiler, which a JRE has not.
# shellcheck disable=SC2317 # most functions are called by check, await and trap
set -euo pipefail

here=$(CDPATH='' cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
jar=${1:-$here/target/mtls.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
mebibytes=64
bound_seconds=30

die() {
  printf 'e2e: %s\n' "$1" >&2
  exit 2
}

[ -r "$jar" ] || die "there is no $jar; build it with ./mvnw -DskipTests package -pl mtls-cli -am"
for program in "$java" socat sha256sum timeout; do
  command -v "$program" >/dev/null || die "$program is not installed"
done

jar=$(readlink -f -- "$jar")
directory=$(mktemp -d)
cd "$directory"
failed=0
processes=()
on_server=()
on_client=()
client_namespace=""
server_namespace=""

# Ends what this script has started, and removes what it has made.
clean_up() {
  local process
  exec 7>&- 8>&-
  for process in "${processes[@]}"; do
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  remove_namespaces
  cd /
  rm -rf -- "$directory"
}

remove_namespaces() {
  local namespace
  for namespace in "$client_namespace" "$server_namespace"; do
    if [ -n "$namespace" ]; then
      ip netns del "$namespace" 2>/dev/null || true
    fi
  done
}

trap clean_up EXIT
trap '' PIPE
trap 'exit 130' INT
trap 'exit 143' TERM

make_namespaces() {
  [ "$(id -u)" -eq 0 ] && [ -z "${MTLS_E2E_LOOPBACK:-}" ] && command -v ip >/dev/null || return 1
  # The name of a network interface has at most 15 characters
  client_namespace=mtls-c-$$ server_namespace=mtls-s-$$
  {
    ip netns add "$client_namespace" && ip netns add "$server_namespace" &&
      ip -n "$client_namespace" link add "mtls-$$" type veth peer name "mtls-$$" netns "$server_namespace" &&
      ip -n "$client_namespace" address add 192.0.2.1/30 dev "mtls-$$" &&
      ip -n "$server_namespace" address add 192.0.2.2/30 dev "mtls-$$" &&
      ip -n "$client_namespace" link set "mtls-$$" up && ip -n "$server_namespace" link set "mtls-$$" up &&
      ip -n "$client_namespace" link set lo up && ip -n "$server_namespace" link set lo up
  } 2>/dev/null
}

if make_namespaces; then
  on_client=(ip netns exec "$client_namespace")
  on_server=(ip netns exec "$server_namespace")
  server_address=192.0.2.2
  echo "client and server are in network namespaces of their own"
else
  remove_namespaces
  client_namespace="" server_namespace=""
  server_address=127.0.0.1
  echo "client and server are on the loopback interface"
fi

# Waits until a command succeeds, for at most bound_seconds.
await() {
  local end=$((SECONDS + bound_seconds))
  until "$@" 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

mtls() {
  "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar "$jar" "$@" >>commands.log 2>&1
}

port_in() {
  sed -nE 's/.*([Ll]istens at|listening on AF=[0-9]+) [^ ]*:([0-9]+).*/\2/p' "$1" | head -n 1
}

has_port() {
  [ -n "$(port_in "$1")" ]
}

has_ended() {
  ! kill -0 "$1"
}

# Starts a program with its output in NAME.log: start NAME COMMAND…. Sets process and port.
start() {
  local name=$1
  shift
  "$@" >"$name.log" 2>&1 </dev/null &
  process=$!
  processes+=("$process")
  if ! await has_port "$name.log"; then
    cat "$name.log" >&2
    die "$name does not listen"
  fi
  port=$(port_in "$name.log")
}

# Starts a client tunnel with the certificate of that name: start_client NAME CERTIFICATE [FLAG…].
start_client() {
  local name=$1 certificate=$2
  shift 2
  start "$name" "${on_client[@]}" "$java" -jar "$jar" tunnel client --listen 127.0.0.1:0 \
    --target "$server_address:$server_port" --cert "$certificate.crt" --key "$certificate.key" --ca pki/ca.crt \
    --server-name server.example.com --shutdown-timeout 10s "$@"
}

# Sends standard input through the client tunnel at that port, ends its output, and writes what comes back.
exchange() {
  timeout "$bound_seconds" "${on_client[@]}" socat -t $((2 * bound_seconds)) - "TCP:127.0.0.1:$1"
}

# Opens a connection that stays: open NAME FD PORT. What is written to FD comes back in NAME.out. Sets process.
open() {
  local name=$1 fd=$2
  mkfifo "$name.in"
  "${on_client[@]}" socat -t 1 - "TCP:127.0.0.1:$3" <"$name.in" >"$name.out" 2>"$name.log" 7>&- 8>&- &
  process=$!
  processes+=("$process")
  eval "exec $fd>$name.in"
  says "$name" "$fd" hello
}

# Whether a line comes back on a connection that stays.
says() {
  { printf '%s\n' "$3" >&"$2"; } 2>/dev/null && await grep -qx "$3" "$1.out"
}

check() {
  local what=$1
  shift
  if "$@"; then
    echo "ok: $what"
  else
    echo "FAILED: $what"
    failed=1
  fi
}

accepted_by_echo() {
  grep -c 'accepting connection' echo.log || true
}

returns_what_is_sent() {
  local sent
  sent=$(sha256sum <data)
  [ "$(exchange "$1" <data | sha256sum)" = "$sent" ]
}

# The connection is closed with nothing on it, and the echo service never hears of it.
is_refused() {
  local before answer status=0
  before=$(accepted_by_echo)
  answer=$(echo hello | exchange "$1" 2>/dev/null) || status=$?
  [ "$status" -ne 124 ] && [ -z "$answer" ] && [ "$(accepted_by_echo)" -eq "$before" ]
}

ends_with() {
  local status=0
  await has_ended "$2" || return 1
  wait "$2" || status=$?
  [ "$status" -eq "$1" ]
}

cannot_connect() {
  ! "${on_server[@]}" socat -u OPEN:/dev/null "TCP:$server_address:$server_port" 2>/dev/null
}

mtls ca create --name 'E2E CA' --out pki
mtls ca create --name 'E2E CA' --out other
mtls cert create --server --name server.example.com --ca pki/ca.crt
mtls cert create --client --name billing --ca pki/ca.crt
mtls cert create --client --name leaver --ca pki/ca.crt
mtls cert create --client --name stranger --ca pki/ca.crt
mtls cert create --client --name billing --file impostor --ca other/ca.crt
head -c $((mebibytes * 1024 * 1024)) /dev/urandom >data

start echo "${on_server[@]}" socat -d -d -T 120 TCP-LISTEN:0,bind=127.0.0.1,fork EXEC:cat
start server "${on_server[@]}" "$java" -jar "$jar" tunnel server --listen "$server_address:0" --target "127.0.0.1:$port" \
  --cert server.example.com.crt --key server.example.com.key --ca pki/ca.crt --crl pki/ca.crl \
  --allow-cn billing --allow-cn leaver --reload-interval 1h --shutdown-timeout 20s
server=$process server_port=$port

start_client client billing
client=$process client_port=$port
check "$mebibytes MiB there and back are the same" returns_what_is_sent "$client_port"

start_client impostor impostor
check "a certificate of another authority with the same name is refused" is_refused "$port"
start_client stranger stranger
check "a certificate with a name that is not listed is refused" is_refused "$port"
start_client wary billing --verify-cn other
check "a server with a name that is not listed is refused" is_refused "$port"

start_client leaver leaver
leaver_port=$port
open leaving 7 "$leaver_port" || true
leaving=$process
open staying 8 "$client_port" || true
check "two clients have a connection each" says leaving 7 "before the reload"
mtls cert revoke leaver.crt --ca pki/ca.crt
check "a certificate that was revoked counts until the reload" says leaving 7 "before SIGHUP"
kill -HUP "$server"
check "the reload cuts the connection of the client that was revoked" await has_ended "$leaving"
check "that client gets no other connection" is_refused "$leaver_port"
check "the connection of the other client stays" says staying 8 "after the reload"

kill -TERM "$server"
check "the server that was asked to end accepts nothing more" await cannot_connect
check "what is connected goes on meanwhile" says staying 8 "while the server ends"
exec 8>&-
check "the server ends with 0 once the last connection has ended" ends_with 0 "$server"
check "the server said nothing of an error" eval '! grep -E " (ERROR|FATAL) |Exception" server.log'
kill -TERM "$client"
check "the client ends with 0" ends_with 0 "$client"

exit "$failed"
