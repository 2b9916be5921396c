#!/bin/sh
# package.sh FOLDER [ARCHITECTURE...] leaves the .deb files of both programs in FOLDER.
#
# Architectures are Debian's: amd64, arm64, and armhf, which is built for ARMv6 so that it runs on every
# Raspberry Pi. PROGRAMS may name one of the two. VERSION and SOURCE_DATE_EPOCH come from the commit when they
# are not given; the same commit and the same Go give the same bytes.
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."

NFPM=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4
VERSION=${VERSION:-$(git describe --tags --always --dirty)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
PROGRAMS=${PROGRAMS:-lineproof-edge lineproof}
export SOURCE_DATE_EPOCH CGO_ENABLED=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# debian_version tells VERSION as dpkg orders it: v1.2.0-rc1 comes before v1.2.0, v1.2.0-3-gabc after it, and
# a commit without a tag below it by its date.
debian_version() {
	case $VERSION in
	v[0-9]*) printf %s "${VERSION#v}" | sed 's/-rc/~rc/; s/-/+/; s/-/./g' ;;
	*) printf '0.0.0+%s.%s' "$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)" "$(printf %s "$VERSION" | tr - .)" ;;
	esac
}

# build ARCHITECTURE leaves the programs in $work/ARCHITECTURE.
build() (
	case $1 in
	amd64 | arm64) export GOOS=linux GOARCH="$1" ;;
	armhf) export GOOS=linux GOARCH=arm GOARM=6 ;;
	*) echo "package.sh: error: architecture $1: there are amd64, arm64 and armhf" >&2; exit 2 ;;
	esac
	mkdir "$work/$1"
	for program in $PROGRAMS; do
		go build -trimpath -tags nethttpomithttp2 -ldflags "-s -w -X github.com/lineproof/lineproof/internal/command.version=$VERSION" \
			-o "$work/$1/$program" "./cmd/$program"
	done
)

# package PROGRAM ARCHITECTURE puts together what deb/PROGRAM/nfpm.yaml names, and makes the package of it.
package() (
	root=$work/$1-$2
	mkdir "$root"
	cp "$work/$2/$1" "$work/$1.1.gz" "$work/changelog.gz" deploy/deb/copyright deploy/agent.yaml deploy/collector.yaml deploy/witness.yaml deploy/deb/"$1"/* "$root"
	for script in postinst prerm postrm; do
		sed -f deploy/deb/"$1"/names.sed deploy/deb/$script >"$root/$script"
	done
	cd "$root"
	DEB_ARCH=$2 DEB_VERSION=$version go run "$NFPM" package --packager deb --target "$out" >/dev/null
	echo "$out/$1_${version}_$2.deb"
)

version=$(debian_version)
sed "s/@VERSION@/$version/; s/@DATE@/$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")/" deploy/deb/changelog | gzip -9n >"$work/changelog.gz"
host=$(go env GOHOSTARCH | sed 's/^arm$/armhf/') # its programs are asked for their help
build "$host"
for program in $PROGRAMS; do
	deploy/man/page.sh "$work/$host/$program" | gzip -9n >"$work/$program.1.gz"
done
for architecture in ${*:-arm64 armhf amd64}; do
	[ "$architecture" = "$host" ] || build "$architecture"
	for program in $PROGRAMS; do
		package "$program" "$architecture"
	done
done
