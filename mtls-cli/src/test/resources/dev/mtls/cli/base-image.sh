#!/bin/sh
# Makes what an image is built from that stands in for the one in the Dockerfile, of what this machine has: a shell, the
# programs that the Dockerfile and compose.yaml call, and Java. Arguments: an empty directory, the home of Java.
set -eu
directory=$1
home=$2
root=$directory/root

# What a program or library is linked with
libraries() {
  ldd "$1" 2>/dev/null | grep -o '/[^ )]*' || true
}

copy() {
  mkdir -p "$root$(dirname "$2")"
  cp -L "$1" "$root$2"
}

for program in sh cat cp chmod dirname groupadd id install ln nologin readlink touch useradd; do
  file=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$program")
  copy "$file" "/usr/bin/$program"
  for library in $(libraries "$file"); do
    copy "$library" "$library"
  done
done
mkdir -p "$root/etc" "$root/tmp" "$root/usr/local/bin" "$root/usr/sbin" "$root/opt/java"
chmod 1777 "$root/tmp"
ln -s usr/bin "$root/bin"
ln -s ../bin/nologin "$root/usr/sbin/nologin"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
cp /etc/login.defs "$root/etc/"

(cd "$home" && tar -c --dereference --exclude=./docs --exclude=./include --exclude=./jmods --exclude=./legal --exclude=./lib/ct.sym \
  --exclude=./lib/src.zip --exclude=./man .) | (mkdir "$root/opt/java/openjdk" && tar -x -C "$root/opt/java/openjdk")
for file in "$root/opt/java/openjdk/bin/java" "$root/opt/java/openjdk"/lib/*.so "$root/opt/java/openjdk"/lib/server/*.so; do
  for library in $(libraries "$file"); do
    case "$library" in
      "$root"/*) ;;
      *) [ ! -e "$library" ] || copy "$library" "$library" ;;
    esac
  done
done

cat >"$directory/Dockerfile" <<'END'
FROM scratch
COPY root /
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/usr/local/bin:/usr/sbin:/usr/bin
# Whether anything can be run here at all
RUN id
END
