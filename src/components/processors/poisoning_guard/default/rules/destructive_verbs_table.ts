/** Tools whose verbs throw things away; each as a pattern over their arguments in small letters. */
export const DESTRUCTIVE_VERBS: ReadonlyMap<
  string,
  readonly (readonly [pattern: RegExp, factor: number])[]
> = new Map([
  [
    'kubectl',
    [
      [
        /\bdelete\b.*(?:--all\b|-A\b|\b(?:ns|namespaces?|pvc?|persistentvolume\w*|crds?|nodes?|secrets?)\b)/,
        1,
      ],
      [/\bdelete\b/, 0.4],
      [/\bdrain\b.*--force/, 0.6],
    ],
  ],
  ['oc', [[/\bdelete\b.*(?:--all\b|\b(?:project|ns|namespaces?|pvc?)\b)/, 1]]],
  ['helm', [[/\b(?:uninstall|delete)\b/, 0.5]]],
  [
    'terraform',
    [
      [/\bdestroy\b/, 1],
      [/\bstate rm\b/, 0.7],
    ],
  ],
  ['tofu', [[/\bdestroy\b/, 1]]],
  ['terragrunt', [[/\bdestroy\b|destroy-all/, 1]]],
  [
    'pulumi',
    [
      [/\bdestroy\b/, 1],
      [/\bstack rm\b/, 0.7],
    ],
  ],
  [
    'aws',
    [
      [/\bs3 (?:rm\b.*--recursive|rb\b.*--force)|\bs3 sync\b.*--delete/, 1],
      [/\bs3 rb\b|s3api delete-(?:bucket|objects?)\b/, 0.8],
      [
        /\b(?:rds|ec2|dynamodb|iam|eks|ecs|lambda|cloudformation|kms|secretsmanager|efs|elasticache|redshift|logs|cloudtrail|route53|backup|glacier)\b (?:delete|terminate|schedule-key-deletion|deregister|stop-logging)-?/,
        1,
      ],
      [/\bcloudtrail (?:stop-logging|delete-trail)/, 1],
    ],
  ],
  [
    'gcloud',
    [
      [/\b(?:delete|destroy)\b/, 0.9],
      [/\bstorage rm\b/, 0.9],
    ],
  ],
  ['gsutil', [[/\brm\b.*-r|-m rm\b|\brb\b/, 0.9]]],
  ['az', [[/\bdelete\b|\bpurge\b/, 0.9]]],
  [
    'docker',
    [
      [
        /\b(?:system|volume|image|container|network|builder) prune\b.*(?:-[a-z]*[af]|--all|--volumes|--force)/,
        0.9,
      ],
      [/\bvolume (?:rm|remove)\b/, 0.7],
      [/\brm\b.*-f.*\$\(|\bcontainer rm\b.*\$\(|\brmi\b.*-f.*\$\(/, 0.9],
      [/compose\b.*\bdown\b.*(?:-v\b|--volumes)/, 0.6],
      [/\brun\b.*(?:-v|--volume)[ =]\/:\/.*(?:rm|chroot)|--privileged.*(?:chroot|nsenter)/, 1],
    ],
  ],
  [
    'redis-cli',
    [
      [/\bflush(?:all|db)\b/, 1],
      [/\bconfig set (?:dir|dbfilename)\b/, 0.9],
    ],
  ],
  ['dropdb', [[/./, 1]]],
  ['mysqladmin', [[/\bdrop\b/, 1]]],
  [
    'vault',
    [
      [
        /\b(?:kv )?(?:metadata )?(?:delete|destroy)\b|\b(?:secrets|auth|audit) disable\b|\blease revoke\b|\bpolicy delete\b/,
        0.9,
      ],
    ],
  ],
  ['restic', [[/\bforget\b|\bprune\b/, 0.8]]],
  ['borg', [[/\b(?:delete|rdelete|repo-delete|prune|compact)\b/, 0.8]]],
  [
    'rclone',
    [
      [/\b(?:purge|delete|deletefile|rmdirs?|cleanup|move)\b/, 0.9],
      [/\bsync\b(?!.*--dry-run).*(?:--delete-|\/empty)/, 0.9],
    ],
  ],
  ['nats', [[/\b(?:delete|del|rm|purge)\b/, 0.9]]],
  ['kafka-topics', [[/--delete\b/, 1]]],
  ['kafka-consumer-groups', [[/--delete\b|--reset-offsets.*--execute/, 0.9]]],
  ['kafka-configs', [[/--delete-config\b/, 0.8]]],
  ['kafka-acls', [[/--remove\b/, 0.9]]],
  ['kafka-delete-records', [[/./, 1]]],
  ['rabbitmqctl', [[/\b(?:delete_\w+|clear_permissions|purge_queue|force_reset|reset)\b/, 0.9]]],
  ['rabbitmqadmin', [[/\b(?:delete|purge)\b/, 0.9]]],
  ['gitlab-runner', [[/\bunregister\b/, 0.9]]],
  ['zpool', [[/\bdestroy\b|\blabelclear\b/, 1]]],
  ['zfs', [[/\bdestroy\b/, 1]]],
  ['lvremove', [[/./, 0.9]]],
  ['vgremove', [[/./, 0.9]]],
  ['pvremove', [[/./, 0.9]]],
  ['cryptsetup', [[/\b(?:luksformat|erase|lukserase|luksremovekey|lukskillslot)\b/, 1]]],
  ['diskutil', [[/\b(?:erase\w+|secureerase|zerodisk|partitiondisk|reformat)\b/, 1]]],
  ['tmutil', [[/\bdisable\b|\bdelete\w*\b/, 1]]],
  ['npm', [[/\bunpublish\b/, 0.9]]],
  ['gh', [[/\brepo delete\b|\brelease delete\b|\bsecret delete\b/, 1]]],
  ['heroku', [[/\bapps:destroy\b|\bpg:reset\b/, 1]]],
  ['fly', [[/\bapps? destroy\b|\bvolumes? (?:destroy|delete)\b/, 1]]],
  ['vercel', [[/\b(?:rm|remove)\b.*(?:-y|--yes)/, 0.8]]],
  ['doctl', [[/\bdelete\b.*(?:-f|--force)/, 0.9]]],
  ['virsh', [[/\bundefine\b.*--remove-all-storage|\bdestroy\b/, 0.7]]],
  ['efibootmgr', [[/-[a-z]*b/, 0.7]]],
  ['etcdctl', [[/\bdel\b.*(?:--prefix|--from-key|"")/, 1]]],
  ['consul', [[/\bkv delete\b.*-recurse/, 0.9]]],
]);
