// A TLS server that answers handshakes: java WireServer.java PORT STORE PASSWORD [PROTOCOL,...]
import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

public class WireServer {
  public static void main(String[] args) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream in = new FileInputStream(args[1])) {
      store.load(in, args[2].toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, args[2].toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory()
        .createServerSocket(Integer.parseInt(args[0]), 5, InetAddress.getByName("127.0.0.1"));
    if (args.length > 3) server.setEnabledProtocols(args[3].split(","));
    while (true) {
      try (SSLSocket client = (SSLSocket) server.accept()) {
        client.startHandshake();
        client.getInputStream().read();
      } catch (java.io.IOException e) {
        System.err.println(e);
      }
    }
  }
}
