#!/bin/bash
# Purpose: src/ makes no banned calls (scripts/banned.txt); and the script that says so can fail.
. "$(dirname "$0")/../lib/tap.sh"
check=$ROOT/scripts/check-banned

ok 'no banned call in src/' "$check" "$ROOT"

mkdir -p "$T/src/base" "$T/src/cli" "$T/scripts"
found() { # CODE REGEX
  printf 'void f(void) {\n  %s\n}\n' "$1" >"$T/src/base/a.c"
  run "$check" "$T"
  like "$status $out" "^1 src/base/a.c:2: $2" "found: $1"
}
passes() { # CODE [FILE]
  rm -f "$T"/src/*/*.c
  printf 'void f(void) {\n  %s\n}\n' "$1" >"$T/src/${2-base/a.c}"
  run "$check" "$T"
  is "$status$out" 0 "fine${2+ in $2}: $1"
}
found 'strcpy (a, b);' strcpy
found 'p = malloc(3);' malloc
found 'sk_X509_pop_free(s, free);' '.*free'
found 'char *c = getenv("X");' getenv
found 'x = X509_new();' X509_new
found 'EVP_DigestInit_ex(c, EVP_sha256(), NULL);' EVP_sha256
found 'EVP_EncryptInit_ex2(c, EVP_aes_256_cbc(), k, v, NULL);' EVP_aes_256_cbc
found 'EVP_MD_fetch(NULL, "SHA256", NULL);' EVP_MD_fetch
found 'd2i_X509(NULL, &p, n);' d2i_X509
found 'PEM_read_bio_X509(bio, NULL, 0, 0);' PEM_read_bio_X509
found 'PEM_read_bio_PrivateKey(bio, 0, 0, 0);' PEM_read_bio_PrivateKey
found 'OSSL_PROVIDER_load(NULL, "legacy");' OSSL_PROVIDER_load
found 'ENGINE_by_id(x);' ENGINE_by_id
passes 'ops->free(x); ops.exit(1); cy_free(x); OPENSSL_free(x); snprintf(b, n, "strcpy(");'
passes '// strcpy(a, b)'
passes '/* malloc(
  1) */ int free_count = 0;'
passes 'x = X509_new_ex(c, NULL); d2i_X509(&x, &p, n); EVP_sha(1); EVP_MD_CTX_new();'
passes 'p = malloc(1); free(p);' base/mem.c
passes '_exit(1);' base/fault.c
passes 'printf("x"); exit(getenv("Y") != 0);' cli/main.c
passes 'getenv("Y");' cli/options.c

printf 'void f(void) {\n  atoi(s);\n}\n' >"$T/src/base/a.c"
echo 'src/base/a.c atoi' >"$T/scripts/banned-allow.txt"
run "$check" "$T"
is "$status" 1 'an exception without a reason does not count'
echo 'src/base/a.c atoi the text was checked to be digits' >"$T/scripts/banned-allow.txt"
run "$check" "$T"
is "$status$out" 0 'an exception with a reason counts'
echo 'int x;' >"$T/src/base/a.c"
run "$check" "$T"
like "$status $out" '^1 .*nothing needs' 'an exception that nothing needs is found'
rm "$T"/src/*/*.c
run "$check" "$T"
is "$status" 2 'a tree without C files is not taken for a good one'
done_testing
