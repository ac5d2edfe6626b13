#!/usr/bin/env bash
# Gives this module another import path, everywhere at once. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
	cat <<-EOT
		Writes another module path into go.mod, every import, the examples' module, the linter's settings and
		the guides. Folders keep their names, and so does what users see: the commands, the cache, the image.

		usage: scripts/rename-module.sh PATH

		example
		  scripts/rename-module.sh github.com/you/bert && make test
	EOT
}

die() {
	printf 'rename-module: %s\n' "$1" >&2
	exit 1
}

case ${1:-} in
-h | --help) usage && exit 0 ;;
esac
if (($# != 1)); then
	usage >&2
	exit 2
fi
new=$1
[[ $new =~ ^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9_.~-]+)*$ && $new != *. ]] || die "$new is no module path: expected something like github.com/you/bert"
old=$(awk '$1 == "module" { print $2 }' go.mod)
[[ $new != "$old" ]] || die "the module is called $new already"

# The folders of packages: what follows the module's name in an import, as nothing else does that is called like it.
rooms=$(find . -name '*.go' -not -path './.*' | cut -d/ -f2 | sort -u | paste -sd'|')

# shellcheck disable=SC2016 # the program is Perl's, not the shell's
find . -type f \( -name '*.go' -o -name '*.md' -o -name '*.yml' -o -name '*.sh' -o -name go.mod -o -name go.work -o -name '*.txtar' \) \
	-not -path './.git/*' -not -path './bin/*' -not -name rename-module.sh -print0 |
	OLD=$old NEW=$new ROOMS=$rooms xargs -0 perl -pi -e '
		BEGIN { ($old, $new, $rooms) = @ENV{qw(OLD NEW ROOMS)} }
		s{(?<![\w./-])\Q$old\E(?=/(?:$rooms)\b)}{$new}g;                   # imports, go doc, rules of the linter
		s{(?<![\w./-])\Q$old\E(?=@)}{$new}g;                               # go get, go mod edit -require
		s{(-replace=)\Q$old\E(?==)}{$1$new}g;
		s{^(module\s+|replace\s+|require\s+|\s*module-path:\s+)\Q$old\E(?=\s|$)}{$1$new};
		s{^(\s+)\Q$old\E(?=\s+v)}{$1$new};                                 # inside require ( ... )
		s{(module\s*=\s*")\Q$old\E(?=")}{$1$new};                          # internal/lint
	'
printf 'the module is called %s now; it was %s\n' "$new" "$old" >&2
