// Bouncy Castle's own view of its keystores, and stores made by it. Commands:
//   make TYPE FILE PASSWORD SOURCE.p12 KEYPASSWORD   the identities and certificates of a PKCS#12 file
//                      (password changeit), with two secret keys; KEYPASSWORD "-": the keys get none
//   bcfks FILE PASSWORD SOURCE.p12 pbkdf2|scrypt|sha3 ccm|kwp   BCFKS by other means than the usual ones
//   signed FILE PASSWORD SOURCE.p12 ALIAS            BCFKS with a signature of that identity
//   many TYPE FILE PASSWORD SOURCE.p12 COUNT         so many trusted certificates, made different
//   key TYPE FILE PASSWORD KEYPASSWORD ALIAS OUT     one private key, as PKCS#8
//   dump TYPE FILE PASSWORD KEYPASSWORD              one line an entry, sorted
import java.io.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.util.*;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.util.*;
import org.bouncycastle.jcajce.BCFKSLoadStoreParameter;

public class Bouncy {
  static final Provider BC;
  static {
    System.setProperty("org.bouncycastle.bks.enable_v1", "true"); // looked at once, before anything else
    BC = new org.bouncycastle.jce.provider.BouncyCastleProvider();
    Security.addProvider(BC);
  }

  static KeyStore source(String file) throws Exception {
    KeyStore p12 = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(file)) {
      p12.load(in, "changeit".toCharArray());
    }
    return p12;
  }

  static void fill(KeyStore ks, KeyStore from, char[] keypw, boolean secrets) throws Exception {
    for (String alias : Collections.list(from.aliases()))
      if (from.isKeyEntry(alias))
        ks.setKeyEntry(alias, from.getKey(alias, "changeit".toCharArray()), keypw, from.getCertificateChain(alias));
      else
        ks.setCertificateEntry(alias, from.getCertificate(alias));
    if (!secrets)
      return;
    byte[] raw = new byte[32];
    for (int i = 0; i < raw.length; i++)
      raw[i] = (byte)i;
    ks.setKeyEntry("aes", new SecretKeySpec(raw, "AES"), keypw, null);
    ks.setKeyEntry("hmac", new SecretKeySpec(raw, "HmacSHA256"), keypw, null);
  }

  static KeyStore empty(String type) throws Exception {
    KeyStore ks = KeyStore.getInstance(type, BC);
    ks.load(null, null);
    return ks;
  }

  static void save(KeyStore ks, String file, String password) throws Exception {
    try (OutputStream out = new FileOutputStream(file)) {
      ks.store(out, password.toCharArray());
    }
  }

  static void bcfks(String[] a) throws Exception {
    PBKDFConfig kdf = a[4].equals("scrypt") ? new ScryptConfig.Builder(1024, 8, 1).withSaltLength(20).build()
      : new PBKDF2Config.Builder().withIterationCount(2048).withSaltLength(20)
          .withPRF(a[4].equals("sha3") ? PBKDF2Config.PRF_SHA3_512 : PBKDF2Config.PRF_SHA512).build();
    KeyStore ks = KeyStore.getInstance("BCFKS", BC);
    try (OutputStream out = new FileOutputStream(a[1])) {
      ks.load(by(new BCFKSLoadStoreParameter.Builder(), kdf, a));
      fill(ks, source(a[3]), a[2].toCharArray(), true);
      ks.store(by(new BCFKSLoadStoreParameter.Builder(out, a[2].toCharArray()), kdf, a));
    }
  }

  static BCFKSLoadStoreParameter by(BCFKSLoadStoreParameter.Builder b, PBKDFConfig kdf, String[] a) {
    return b.withStorePBKDFConfig(kdf)
      .withStoreEncryptionAlgorithm(a[5].equals("kwp") ? BCFKSLoadStoreParameter.EncryptionAlgorithm.AES256_KWP
                                                       : BCFKSLoadStoreParameter.EncryptionAlgorithm.AES256_CCM)
      .withStoreMacAlgorithm(a[4].equals("sha3") ? BCFKSLoadStoreParameter.MacAlgorithm.HmacSHA3_512
                                                 : BCFKSLoadStoreParameter.MacAlgorithm.HmacSHA512)
      .build();
  }

  static void signed(String[] a) throws Exception {
    KeyStore from = source(a[3]), ks = empty("BCFKS");
    Key sun = from.getKey(a[4], "changeit".toCharArray()); // of another make, which BC does not know
    PrivateKey key = KeyFactory.getInstance(sun.getAlgorithm(), BC)
                       .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(sun.getEncoded()));
    Certificate[] chain = from.getCertificateChain(a[4]);
    X509Certificate[] certs = Arrays.copyOf(chain, chain.length, X509Certificate[].class);
    fill(ks, from, a[2].toCharArray(), true);
    try (OutputStream out = new FileOutputStream(a[1])) {
      ks.store(new BCFKSLoadStoreParameter.Builder(out, key).withCertificates(certs)
        .withStoreSignatureAlgorithm(key.getAlgorithm().startsWith("EC")
            ? BCFKSLoadStoreParameter.SignatureAlgorithm.SHA512withECDSA
            : BCFKSLoadStoreParameter.SignatureAlgorithm.SHA512withRSA)
        .build());
    }
  }

  // The certificates differ in their last octets, which are their signature's.
  static void many(String[] a) throws Exception {
    KeyStore from = source(a[4]), ks = empty(a[1]);
    byte[] der = from.getCertificate(from.aliases().nextElement()).getEncoded();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (int i = 0; i < Integer.parseInt(a[5]); i++) {
      for (int k = 0; k < 3; k++)
        der[der.length - 1 - k] = (byte)(i >> 8 * k);
      ks.setCertificateEntry("entry" + i, factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    save(ks, a[2], a[3]);
  }

  static String sha256(byte[] bytes) throws Exception {
    return String.format("%064x", new java.math.BigInteger(1, MessageDigest.getInstance("SHA-256").digest(bytes)));
  }

  static void key(String[] a) throws Exception {
    KeyStore ks = KeyStore.getInstance(a[1], BC);
    try (InputStream in = new FileInputStream(a[2])) {
      ks.load(in, a[3].toCharArray());
    }
    try (OutputStream out = new FileOutputStream(a[6])) {
      out.write(ks.getKey(a[5], a[4].toCharArray()).getEncoded());
    }
  }

  // HMAC keys go into BCFKS, but BC knows no way to make them of what it wrote: only their kind is seen.
  static Key keyOf(KeyStore ks, String alias, String password) throws Exception {
    try {
      return ks.getKey(alias, password.toCharArray());
    } catch (UnrecoverableKeyException e) {
      if (!e.getMessage().contains("no such algorithm"))
        throw e;
      return new SecretKeySpec(new byte[1], "unknown");
    }
  }

  static void dump(String[] a) throws Exception {
    KeyStore ks = KeyStore.getInstance(a[1], BC);
    try (InputStream in = new FileInputStream(a[2])) {
      ks.load(in, a[3].toCharArray());
    }
    TreeSet<String> lines = new TreeSet<>();
    for (String alias : Collections.list(ks.aliases())) {
      Certificate[] chain = ks.getCertificateChain(alias);
      Key key = ks.isKeyEntry(alias) ? keyOf(ks, alias, a[4]) : null;
      StringBuilder line = new StringBuilder(alias);
      line.append(key == null ? " trusted" : key instanceof PrivateKey ? " identity" : " secret");
      if (key != null)
        line.append(" key=" + (key instanceof PrivateKey ? "" : key.getAlgorithm() + ":") + sha256(key.getEncoded()));
      if (chain == null && ks.getCertificate(alias) != null)
        chain = new Certificate[] {ks.getCertificate(alias)};
      for (Certificate c : chain == null ? new Certificate[0] : chain)
        line.append(" cert=" + sha256(c.getEncoded()));
      lines.add(line + " " + ks.getCreationDate(alias).getTime() / 1000);
    }
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    for (String line : lines)
      out.println(line);
  }

  public static void main(String[] a) throws Exception {
    switch (a[0]) {
    case "make":
      KeyStore ks = empty(a[1]);
      fill(ks, source(a[4]), a[5].equals("-") ? null : a[5].toCharArray(), true);
      save(ks, a[2], a[3]);
      break;
    case "bcfks": bcfks(a); break;
    case "signed": signed(a); break;
    case "many": many(a); break;
    case "key": key(a); break;
    case "dump": dump(a); break;
    default: throw new IllegalArgumentException(a[0]);
    }
  }
}
