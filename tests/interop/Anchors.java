import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.PKIXParameters;
import java.util.Collections;

/** Anchors STORE PASSWORD: how many certificates of a keystore Java trusts; what it says when none. */
public class Anchors {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    char[] password = args[1].toCharArray();
    try (FileInputStream in = new FileInputStream(args[0])) {
      store.load(in, password);
    }
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        System.out.println("key " + alias + " " + store.getKey(alias, password).getAlgorithm() + " chain "
            + store.getCertificateChain(alias).length);
      }
    }
    try {
      System.out.println("anchors " + new PKIXParameters(store).getTrustAnchors().size());
    } catch (java.security.InvalidAlgorithmParameterException e) {
      System.out.println("anchors 0: " + e.getMessage());
    }
  }
}
