const list = (text: string): ReadonlySet<string> =>
  new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Words that a line begins with when it is a command line. */
export const KNOWN_COMMANDS = list(`
  sudo doas env command builtin exec nohup nice time timeout xargs setsid watch strace chroot stdbuf ionice
  sh bash zsh ksh dash fish csh busybox eval source . cmd powershell pwsh wsl start call
  rm rmdir unlink shred wipefs mkfs mke2fs dd fdisk parted sgdisk mkswap blkdiscard hdparm truncate fallocate
  mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.ntfs mkfs.fat cryptsetup lvremove vgremove pvremove zpool zfs
  find fd cp mv ln ls cd pwd cat tac head tail less more tee sort uniq wc cut tr sed awk gawk grep egrep fgrep rg ag jq yq echo printf test [ true false
  touch mkdir chmod chown chgrp chattr setfacl stat file tar zip unzip gzip gunzip bzip2 xz 7z 7za rar base64 base32 xxd od hexdump openssl gpg
  git gh hg svn npm npx yarn pnpm node deno bun python python2 python3 pip pip3 ruby perl php lua java go cargo rustc make cmake mvn gradle dotnet
  docker docker-compose podman kubectl helm oc k3s minikube terraform tofu terragrunt pulumi ansible vagrant packer
  aws az gcloud gsutil doctl heroku flyctl fly vercel netlify wrangler eksctl s3cmd mc rclone restic borg vault consul nomad
  curl wget aria2c http https nc ncat netcat socat telnet ssh scp sftp rsync ftp tftp ping dig nslookup host whois tcpdump nmap
  systemctl service initctl launchctl crontab at batch kill killall pkill ps top htop df du mount umount swapoff swapon sysctl modprobe rmmod insmod
  iptables ip6tables ufw firewall-cmd nft setenforce auditctl apparmor_parser aa-disable journalctl dmesg logrotate
  useradd adduser userdel deluser usermod passwd groupadd visudo su id whoami hostname uname w who last history set unset export alias unalias declare read trap
  shutdown reboot halt poweroff init telinit mysql psql mongo mongosh redis-cli sqlite3 dropdb createdb mysqladmin pg_dump mysqldump
  nats kafka-topics kafka-configs kafka-acls kafka-consumer-groups kafka-delete-records rabbitmqctl rabbitmqadmin gitlab-runner circleci
  del erase rd rmdir format diskpart cipher vssadmin wmic bcdedit wbadmin reg schtasks sc net netsh takeown icacls attrib fsutil wevtutil certutil bitsadmin mshta rundll32 regsvr32 diskshadow taskkill tasklist type copy xcopy robocopy
  remove-item clear-content clear-disk format-volume invoke-webrequest invoke-restmethod invoke-expression iwr irm iex set-executionpolicy new-item set-content get-content stop-computer restart-computer clear-eventlog get-childitem start-process
  tmutil diskutil defaults csrutil security dscl spctl pbcopy screencapture osascript apt apt-get yum dnf brew pacman snap dpkg rpm cut pgrep sleep wait seq for while until if case function
  rimraf trash srm wipe scrub perl busctl loginctl efibootmgr grub-install update-grub insmod gcore strings ltrace nsenter unshare crictl ctr nerdctl virsh qemu-img vim-cmd esxcli sshpass expect script screen tmux
`);

/** Commands for which text that they are given is data, even when it looks like a command. */
export const DATA_COMMANDS = list(`
  echo printf cat tee grep egrep fgrep rg ag sed awk gawk wc sort uniq head tail less more jq yq base64 md5sum sha256sum tr cut
  write-host write-output logger type
`);
