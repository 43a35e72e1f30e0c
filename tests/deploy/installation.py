"""A Debian 12 of its own in which packages are installed: a root made by debootstrap, which is kept
in the build folder, with a network, processes and changes that end with the test. Its process 1 is
systemd."""
import contextlib
import ctypes
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("SONDE_BINARY_DIR", SOURCE / "build" / "dev"))
sys.path.insert(0, str(SOURCE / "tests" / "end_to_end"))
MIRROR = os.environ.get("SONDE_DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEPT = BINARIES / "packages"
# Seconds. apt installs a dozen packages in one attempt, beside whatever else a machine builds.
ATTEMPT_MAX = 400
BOOT_MAX = 120
NAMESPACES = ("--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup")

SUDO = '#!/bin/sh\nexec "$@"\n'


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=600, check=False, **options)
    if done.returncode != 0:
        raise AssertionError("%s: %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr))
    return done.stdout


@contextlib.contextmanager
def one_at_a_time():
    KEPT.mkdir(exist_ok=True)
    with open(KEPT / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pack(folder):
    """Builds both packages of the binaries that there are into a folder; gzip is quick."""
    run("cpack", "-G", "DEB", "-B", folder, cwd=BINARIES,
        env={**os.environ, "DPKG_DEB_COMPRESSOR_TYPE": "gzip",
             "DPKG_DEB_COMPRESSOR_LEVEL": "1"})
    return sorted(pathlib.Path(folder).glob("*.deb"))


def packages():
    """The packages of the binaries, made once: {name: file}."""
    with one_at_a_time():
        folder = KEPT / "made"
        newest = max(file.stat().st_mtime for file in [
            BINARIES / "sonde", BINARIES / "sonde-demo", *SOURCE.glob("deploy/**/*"),
            *SOURCE.glob("*/README.md"), SOURCE / "CHANGELOG.md", *SOURCE.glob("config/*/*")])
        made = sorted(folder.glob("*.deb"))
        # The date of the commit is in them.
        commit, of = run("git", "-C", SOURCE, "rev-parse", "HEAD"), folder / "commit"
        current = of.exists() and of.read_text() == commit
        if not made or not current or min(file.stat().st_mtime for file in made) < newest:
            shutil.rmtree(folder, ignore_errors=True)
            made = pack(folder)
            of.write_text(commit)
    return {file.name.split("_")[0]: file for file in made}


def older(package, folder, version="0.0.9-0sonde1"):
    """The same package as of an earlier version, with other conffiles."""
    inside = pathlib.Path(folder) / "older"
    run("dpkg-deb", "--raw-extract", package, inside)
    control = inside / "DEBIAN" / "control"
    control.write_text(re.sub(r"(?m)^Version: .*$", "Version: " + version, control.read_text()))
    for conffile in (inside / "DEBIAN" / "conffiles").read_text().split():
        with (inside / conffile.lstrip("/")).open("a") as file:
            file.write("# an earlier version\n")
    out = pathlib.Path(folder) / ("%s_%s_amd64.deb" % (package.name.split("_")[0], version))
    run("dpkg-deb", "--root-owner-group", "-Zgzip", "--build", inside, out)
    return out


def die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def may_install():
    """Empty, or why no root can be made here."""
    if os.geteuid() != 0:
        return "needs root"
    if not shutil.which("debootstrap"):
        return "needs debootstrap; deploy/install-deps test"
    apart = subprocess.run(["unshare", *NAMESPACES, "--fork", "true"], check=False,
                           capture_output=True)
    return "" if apart.returncode == 0 else "needs namespaces of its own"


def debian(made):
    """A Debian with what the packages depend on, systemd and curl: made once, then kept."""
    wanted = {"curl", "ca-certificates", "tzdata", "init-system-helpers", "systemd"}
    for package in made.values():
        depends = run("dpkg-deb", "--field", package, "Depends")
        wanted |= {name.split()[0] for name in depends.split(",")}
    wanted -= set(made)
    names = ",".join(sorted(wanted))
    root = KEPT / ("debian-" + hashlib.sha256((MIRROR + names).encode()).hexdigest()[:12])
    with one_at_a_time():
        if not root.exists():
            under_way = root.with_suffix(".part")
            for left in (2, 1, 0):  # a mirror may fail for a moment
                shutil.rmtree(under_way, ignore_errors=True)
                try:
                    run("debootstrap", "--variant=minbase", "--include=" + names, "bookworm",
                        under_way, MIRROR)
                    break
                except AssertionError:
                    if left == 0:
                        raise
            shutil.rmtree(under_way / "var/cache/apt/archives", ignore_errors=True)
            (under_way / "var/cache/apt/archives/partial").mkdir(parents=True)
            under_way.rename(root)
    return root


class Installation:
    """Such a Debian, whose changes are thrown away, with a stand-in for sudo. `boots`: it is a
    machine that systemd has started; or else a container, in which nothing runs."""

    ENTER = """set -e
ip link set lo up
mount --make-rprivate /
mount -t tmpfs none "$0"
mkdir "$0/upper" "$0/work" "$0/root"
mount -t overlay -o "lowerdir=$1,upperdir=$0/upper,workdir=$0/work" none "$0/root" 2>/dev/null ||
  { cp -a "$1/." "$0/upper" && mount --bind "$0/upper" "$0/root"; }
cd "$0/root"
mount -t proc none proc
mount -t sysfs -o ro none sys
mount -t tmpfs none run
# Of its own, because systemd writes there.
mount -t tmpfs -o mode=755 none dev
for node in null zero full random urandom tty ptmx; do
  touch dev/$node
  mount --bind /dev/$node dev/$node
done
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mkdir dev/shm
mount -t tmpfs none dev/shm
"""
    BOOT = ENTER + """
mount -t tmpfs none sys/fs/cgroup
mount -t cgroup2 none sys/fs/cgroup
echo ready
exec >/dev/null
pivot_root . mnt
umount -l /mnt
mount --make-rshared /  # credentials are mounted elsewhere first; a container's manager has to say so
exec env -i container=sonde-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal"""
    IDLE = ENTER + """
echo ready
exec sleep infinity"""

    def __init__(self, debian_root, folder, boots=True):
        self.mounted = pathlib.Path(folder) / "mounted"
        self.mounted.mkdir()
        self.boots = boots
        self.holder = subprocess.Popen(
            ["unshare", *NAMESPACES, "--fork", "--kill-child", "sh", "-c",
             self.BOOT if boots else self.IDLE, self.mounted, debian_root],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=die_with_parent)
        if self.holder.stdout.readline() != "ready\n":
            raise AssertionError("the root could not be mounted")
        children = pathlib.Path("/proc/%d/task/%d/children" % (self.holder.pid, self.holder.pid))
        self.inner = children.read_text().split()[0]
        if boots:
            self.await_systemd()
        self.put("/usr/bin/sudo", SUDO)

    def await_systemd(self):
        end = time.monotonic() + BOOT_MAX
        while self.attempt("systemctl is-system-running --wait")[1].strip() not in ("running", "degraded"):
            if self.holder.poll() is not None or time.monotonic() > end:
                raise AssertionError("systemd did not start: " + self.attempt("systemctl --failed")[1])
            time.sleep(0.1)

    def close(self):
        self.holder.kill()  # and with it everything inside
        self.holder.wait()
        self.holder.stdout.close()

    def command(self, script, *arguments):
        root = [] if self.boots else ["chroot", str(self.mounted / "root")]
        return ["nsenter", "--target", self.inner, *NAMESPACES, *root, "env", "-i",
                "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8",
                "sh", "-ec", "cd /root\n" + script, "sh", *arguments]

    def attempt(self, script, stdin=None):
        """(exit code, everything it said)."""
        done = subprocess.run(self.command(script), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=ATTEMPT_MAX, check=False, input=stdin or "")
        return done.returncode, done.stdout

    def sh(self, script, stdin=None):
        code, said = self.attempt(script, stdin)
        if code != 0:
            raise AssertionError("%s\nended with %d:\n%s" % (script, code, said))
        return said

    def put(self, path, text, mode="755"):
        self.sh("install -D -m %s /dev/stdin %s" % (mode, path), text)

    def bring(self, file):
        """Copies a file of this machine into the folder in which commands run."""
        with file.open("rb") as content:
            done = subprocess.run(self.command('cat >"$1"', file.name), stdin=content, check=False)
        if done.returncode != 0:
            raise AssertionError("%s could not be copied" % file)

    def files(self):
        """Every file and folder on the disk, without what apt and dpkg write of every package."""
        skipped = re.compile(r"^/(root|var/(log|cache|lib/(dpkg|apt|systemd|private$))|proc|sys|dev|run|tmp)(/|$)")
        found = self.sh("find / -xdev").splitlines()
        return {path for path in found if not skipped.match(path)}
