import java.io.FileInputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.TreeSet;
import javax.crypto.spec.SecretKeySpec;
import java.io.FileOutputStream;

/**
 * What Java sees of keystores, a line an entry, and keystores with secret keys that Java makes.
 *   Secrets list TYPE PASSWORD FILE...: alias, kind, algorithm, octets, SHA-256 of the key as encoded.
 *   Secrets make TYPE PASSWORD FILE ALGORITHM...: a key a name, of 16 octets that begin with the name.
 */
public class Secrets {
  static String sum(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  static void list(String type, char[] password, String file) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    try (FileInputStream in = new FileInputStream(file)) {
      store.load(in, password);
    }
    for (String alias : new TreeSet<>(Collections.list(store.aliases()))) {
      Key key = null;
      String failure = "";
      try {
        key = store.getKey(alias, password);
      } catch (Exception e) {
        failure = " " + e.getClass().getSimpleName();
      }
      String kind = store.entryInstanceOf(alias, KeyStore.SecretKeyEntry.class) ? "secret"
          : store.isKeyEntry(alias) ? "private" : "certificate";
      System.out.println(alias + " " + kind + failure
          + (key == null ? "" : " " + key.getAlgorithm() + " " + key.getEncoded().length + " " + sum(key.getEncoded())));
    }
  }

  public static void main(String[] args) throws Exception {
    char[] password = args[2].toCharArray();
    if (args[0].equals("list")) {
      for (int i = 3; i < args.length; i++) {
        list(args[1], password, args[i]);
      }
      return;
    }
    KeyStore store = KeyStore.getInstance(args[1]);
    store.load(null, null);
    for (int i = 4; i < args.length; i++) {
      byte[] octets = java.util.Arrays.copyOf(args[i].getBytes("UTF-8"), 16);
      store.setKeyEntry("k" + (i - 3), new SecretKeySpec(octets, args[i]), password, null);
    }
    try (FileOutputStream out = new FileOutputStream(args[3])) {
      store.store(out, password);
    }
  }
}
