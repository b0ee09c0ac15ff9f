#!/bin/bash
# cross-toolchains/sysroot.sh ARCH FOLDER
# Fills FOLDER with Debian's packages for ARCH (arm64 or armhf): the headers and libraries that a cross
# build links and qemu-user runs with. Nothing is installed on this machine and root is not needed;
# an existing FOLDER made from the same list of packages is left as it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/../gateway/packaging/debian-packages.sh"

if [[ $# -ne 2 || ! ${1:-} =~ ^(arm64|armhf)$ ]]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
architecture=$1
folder=$2
release=bookworm
stamp="$release $architecture ${debian_libraries[*]}"

if [[ -e $folder/.xalink-sysroot && $(<"$folder/.xalink-sysroot") == "$stamp" ]]; then
  exit 0
fi

# The same mirrors that this machine's apt uses, whatever the format they are written in.
targets() {
  apt-get indextargets --format '$(CODENAME)|$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(SOURCESENTRY)' \
    'Identifier: Packages' | awk -F'|' -v release="$release" \
      '$2 == "Debian" && ($4 ~ "^" release || $1 ~ "^" release) && $5 == "main"' | sort -u
}
found=$(targets)
if [[ -z $found ]]; then
  # A machine whose package indexes were cleaned away does not know yet what its mirrors offer.
  as_root=()
  [[ $EUID -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" apt-get -q update
  found=$(targets)
fi
if [[ -z $found ]]; then
  echo "sysroot.sh: apt knows no Debian 12 ($release) mirror to take $architecture packages from." >&2
  echo "Next: add one to /etc/apt/sources.list.d, run apt-get update and try again." >&2
  exit 1
fi
# apt tells the file of an entry, not its key: take the key files that this file names. Without any,
# mmdebstrap trusts what this machine's apt trusts.
key_files() {
  { grep -hioE 'signed-by *[:=] *[^]]+' "$1" || true; } | grep -oE '/[^], ]+' | sort -u | paste -sd,
}
sources=$(while IFS='|' read -r _ _ uri suite component entry; do
  keys=$(key_files "${entry%:*}")
  echo "deb [arch=$architecture${keys:+ signed-by=$keys}] $uri $suite $component"
done <<<"$found")

# Proxies and certificates of apt, and its rules for mirrors that stand still (snapshots).
apt_options=()
while IFS= read -r line; do
  apt_options+=("--aptopt=$line")
done < <(apt-config dump | grep -E '^Acquire::(http|https|Check-Valid-Until|Check-Date|Retries)\b.*"[^"]+";$' || true)

partial=$folder.partial
rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
extract() {
  local include
  include=$(IFS=,; echo "${debian_libraries[*]}")
  rm -rf "$partial"
  mmdebstrap --mode=chrootless --variant=extract --format=directory --architectures="$architecture" \
    --include="$include" "${apt_options[@]}" "$release" "$partial" - 2>"$partial.log"
}
# A mirror that is being updated refuses one suite for minutes or hours. The programs built here are
# tested, not shipped, so the release without its updates will do then.
if ! extract <<<"$sources" && ! extract <<<"$(grep " $release main" <<<"$sources")"; then
  cat "$partial.log" >&2
  rm -rf "$partial"
  echo "sysroot.sh: the packages for $architecture could not be fetched, see mmdebstrap's message above." >&2
  echo "Next: check the network and that the mirror serves $architecture, then try again." >&2
  exit 1
fi
rm -f "$partial.log"

# Absolute links would lead out of the sysroot, to this machine's own libraries.
find "$partial" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
  ln -srfn "$partial$(readlink "$link")" "$link"
done
rm -rf "$partial"/{var/cache,var/lib/apt,usr/share/doc,usr/share/man}
echo "$stamp" >"$partial/.xalink-sysroot"
mv "$partial" "$folder"
