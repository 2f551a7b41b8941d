/* Prints what this JVM's client offers, read from the ClientHello that it makes; and its server's list of suites. */
import java.nio.ByteBuffer;
import javax.net.ssl.*;

public class JavaHello {
  static String codes(ByteBuffer b, int bytes) {
    StringBuilder s = new StringBuilder();
    while (bytes >= 2) {
      s.append(String.format(" %04x", b.getShort() & 0xffff));
      bytes -= 2;
    }
    return s.toString();
  }

  static void extension(int type, ByteBuffer b) {
    if (type == 10 || type == 13 || type == 50) {
      int len = b.getShort() & 0xffff;
      System.out.println((type == 10 ? "groups" : type == 13 ? "schemes" : "cert_schemes") + codes(b, len));
    } else if (type == 43) {
      System.out.println("versions" + codes(b, b.get() & 0xff));
    } else if (type == 51) {
      int len = b.getShort() & 0xffff, end = b.position() + len;
      StringBuilder s = new StringBuilder();
      while (b.position() < end) {
        s.append(String.format(" %04x", b.getShort() & 0xffff));
        int key = b.getShort() & 0xffff;
        b.position(b.position() + key);
      }
      System.out.println("shares" + s);
    }
  }

  static void hello(ByteBuffer b) {
    b.position(5 + 4);
    System.out.println("version" + codes(b, 2));
    b.position(b.position() + 32);
    int session = b.get() & 0xff;
    b.position(b.position() + session);
    System.out.println("suites" + codes(b, b.getShort() & 0xffff));
    int compressions = b.get() & 0xff;
    b.position(b.position() + compressions);
    int end = (b.getShort() & 0xffff) + b.position();
    while (b.position() < end) {
      int type = b.getShort() & 0xffff, len = b.getShort() & 0xffff, next = b.position() + len;
      ByteBuffer part = b.slice();
      part.limit(len);
      extension(type, part);
      b.position(next);
    }
  }

  public static void main(String[] args) throws Exception {
    SSLContext context = SSLContext.getDefault();
    SSLEngine engine = context.createSSLEngine("a.example", 1);
    engine.setUseClientMode(true);
    System.out.println("java " + System.getProperty("java.version"));
    System.out.println("client " + String.join(" ", engine.getEnabledCipherSuites()));
    System.out.println("client_versions " + String.join(" ", engine.getEnabledProtocols()));
    SSLEngine server = context.createSSLEngine();
    server.setUseClientMode(false);
    System.out.println("server " + String.join(" ", server.getEnabledCipherSuites()));
    System.out.println("server_versions " + String.join(" ", server.getEnabledProtocols()));
    System.out.println("supported " + String.join(" ", engine.getSupportedCipherSuites()));
    ByteBuffer out = ByteBuffer.allocate(65536);
    try {
      engine.wrap(ByteBuffer.allocate(0), out);
      out.flip();
      hello(out);
    } catch (SSLException e) {
      System.out.println("error " + e.getMessage());
    }
  }
}
