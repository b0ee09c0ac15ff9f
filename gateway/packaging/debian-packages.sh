# Debian 12 packages that xalink is built, tested and run with: named here and nowhere else.
# Sourced by gateway/demo.sh, tests/run.sh and cross-toolchains/sysroot.sh (bash).

# Libraries, linked by the programs and by their tests. The sysroots hold the same list for ARM.
debian_libraries=(
  libboost1.81-dev libpaho-mqttpp-dev libpaho-mqtt-dev libsqlite3-dev libsqlitecpp-dev
  libprotobuf-dev libexpected-dev libssl-dev libspdlog-dev libtomlplusplus-dev libcli11-dev
  libc-ares-dev libutf8proc-dev libsdbus-c++-dev libgtest-dev
  libxlsxwriter-dev)
# python3: chooses the sources that are compiled together (.ci/unity_groups.py).
debian_build=(g++ cmake ninja-build ccache pkg-config protobuf-compiler python3
  "${debian_libraries[@]}")
debian_run=(mosquitto sqlite3 openssl iproute2)
# nftables: links that lose packets (tests/faults/links). e2fsprogs, mount: the wear benchmark's card.
# tinyproxy-bin: the HTTP proxy of a private network. dbus-daemon, python3-dbusmock: a ModemManager to ask (tests/fakes/modem_manager.py).
# python3-openpyxl: reads workbooks back that libxlsxwriter wrote.
# chromium, poppler-utils: HTML reports as a reader has them, on the screen and on A4 (tests/fleet).
debian_test=(clang-tidy libbenchmark-dev nftables e2fsprogs mount dbus-daemon python3-dbusmock
  tinyproxy-bin python3-openpyxl chromium poppler-utils)
debian_fuzz=(clang libclang-rt-14-dev)
debian_cross=(g++-aarch64-linux-gnu g++-arm-linux-gnueabihf qemu-user-static mmdebstrap)

# need_packages NAME...: installs what is missing; silent and without root when nothing is.
need_packages() {
  if ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
    echo "This script installs Debian packages, and dpkg or apt-get is not here." >&2
    echo "Next: use Debian 12, or install the equivalents of: $*" >&2
    return 1
  fi
  local name missing=()
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) == ii* ]] || missing+=("$name")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "These packages are missing and installing them needs root: ${missing[*]}" >&2
      echo "Next: run this script as root, or install them yourself with apt-get install." >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  # An index that is there already is often new enough; a second try with a new one settles it.
  if ! "${apt[@]}" install --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    if ! "${apt[@]}" update || ! "${apt[@]}" install --no-install-recommends "${missing[@]}"; then
      echo "apt-get could not install: ${missing[*]}" >&2
      echo "Next: see its message above; on Debian 12 all of them are in main. Check the network and" >&2
      echo "/etc/apt/sources.list*, then run this script again." >&2
      return 1
    fi
  fi
}

# Debian's npm brings several hundred packages, so one that came another way is good enough.
need_npm() { command -v npm >/dev/null && command -v node >/dev/null || need_packages nodejs npm; }
