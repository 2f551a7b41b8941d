// A TLS client that does one handshake: java WireClient.java PORT TRUST PASSWORD [PROTOCOL,... [STORE]]
import java.io.FileInputStream;
import java.security.KeyStore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public class WireClient {
  static KeyStore load(String file, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream in = new FileInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return store;
  }

  public static void main(String[] args) throws Exception {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(load(args[1], args[2]));
    KeyManager[] keys = null;
    if (args.length > 4) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(load(args[4], args[2]), args[2].toCharArray());
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", Integer.parseInt(args[0]))) {
      if (args.length > 3) socket.setEnabledProtocols(args[3].split(","));
      socket.startHandshake();
      // A server of TLS 1.3 may refuse the client's certificate only now.
      socket.setSoTimeout(2000);
      try {
        socket.getInputStream().read();
      } catch (java.net.SocketTimeoutException e) {
        return;
      }
    }
  }
}
