import { literals, words } from '../words.ts';

/** Secrets by their name, in prose. */
export const SECRET = words(
  'secret',
  `credential(s)|secret key(s)|secrets|private key(s)|ssh key(s)|api key(s)|apikey(s)|access key(s)|access token(s)|auth token(s)|authentication token(s)|bearer token(s)|session token(s)|oauth {token,secret}(s)|client secret(s)|service account (key|token)(s)|signing key(s)|encryption key(s)|seed phrase(s)|recovery phrase|wallet key(s)|environment variable(s)|env var(s)|connection string(s)|password(s)|password hash|password hashes|(db )password|jwt (secret|token)(s)|deploy key|security code|verification code(s)|2fa code|one-time code|secret-looking values|key material|refresh token(s)|webhook secret(s)|database dump|env files|.env files|session cookies|cookies`,
);

/** Where secrets are kept. */
export const SECRET_FILE = literals(
  'secret file',
  `.ssh/|id rsa|id ed25519|.aws/credentials|.aws/|.env|.netrc|.npmrc|.pypirc|.git-credentials|.kube/config|.docker/config.json|.config/gcloud|.azure/|.cursor/mcp.json|claude desktop config|mcp.json|/etc/passwd|/etc/shadow|.bash history|.gnupg|keychain|login data|.vault-token|process.env|secrets.yaml|credentials.json|service-account.json|serviceaccount/token|.pem|demo-secret|.pgpass|wallet.dat|secret.txt|secrets.txt|169.254.169.254`,
);

/** Data about people, or all data there is. */
export const PRIVATE_DATA = words(
  'private data',
  `pii|personal {data,information}|personally identifiable|identifying information|customer {data,records,emails,pii,list,dataset,information,database}|user {data,records,information,messages,conversations,inputs,emails}|all {customer,user,patient,employee,emails,messages,files,contacts}|{full,complete,entire,whole,raw,unmasked,production} {dataset,database,data,conversation,transcript,customer}|social security|ssn|credit card(s)|payment {details,methods,info,information}|bank account(s)|passport number|{medical,health,patient,financial,employee} {records,data}|account numbers|phone numbers|email addresses|{chat,conversation,browsing,message,purchase} history|source code|trade secrets|internal documents|salary|date of birth|contact list|inbox|saved addresses|location data|gps coordinates`,
);
