# SPDX-License-Identifier: BSD-2-Clause
#@ lkl
#@ root bash e2fsprogs fuse3
#@ guest --modules fuse,loop --memory 768 --timeout 900
# Guest script: lklfuse with Debian's own kernel, for machines that have no
# /dev/fuse; tests/lkl/fuse tests more. An image is mounted by an ordinary user,
# written, unmounted and checked; Linux's own mount of it shows the same.
. /guest/lib.sh
export LC_ALL=C
at=/tmp/mount
image=/tmp/image
mkdir -p $at
chown 65534:65534 $at
chmod 666 /dev/fuse
# What the packages' scripts would have done
chmod u+s /usr/bin/fusermount3
ln -sf /proc/mounts /etc/mtab
dd if=/dev/urandom of=/tmp/data bs=1k count=300 2>/dev/null
truncate -s 16M $image
mkfs.ext4 -q -F $image
chmod 666 $image

user()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="$PATH" "$@"
}

written()
{
	user lklfuse $image $at && user cp /tmp/data $at/data && user mkdir $at/directory && user ln $at/data $at/directory/again &&
		user cmp /tmp/data $at/directory/again && [ "$(user stat -c %u $at/data)" = 65534 ] && user fusermount3 -u $at &&
		flock -w 60 $image true
}

as_linux_sees_it()
{
	mount -t ext4 -o loop,ro $image $at && cmp /tmp/data $at/directory/again && [ "$(stat -c %h $at/data)" = 2 ] && umount $at
}

seen_again()
{
	user lklfuse -o ro $image $at && user cmp /tmp/data $at/data && ! user touch $at/new && user fusermount3 -u $at && flock -w 60 $image true
}

check "an image is mounted, written and unmounted" written
check "its checker finds nothing wrong" e2fsck -f -n $image
check "Linux's own mount shows the same" as_linux_sees_it
check "so does a read-only one" seen_again
finish
