/* Connects to a port of this machine with the JVM's own settings, and prints which certificate was shown. */
import java.security.cert.*;
import javax.net.ssl.*;

public class JavaConnect {
  public static void main(String[] args) throws Exception {
    String shown = "nothing", end = "accepted";
    try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket("localhost", Integer.parseInt(args[0]))) {
      if (args.length > 1) socket.setEnabledProtocols(args[1].split(","));
      socket.setSoTimeout(20000);
      try {
        socket.startHandshake();
        Certificate[] local = socket.getSession().getLocalCertificates();
        if (local != null) shown = ((X509Certificate) local[0]).getSubjectX500Principal().getName();
        /* In TLS 1.3 the server judges after the client is done. */
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
        socket.getInputStream().read();
      } catch (SSLException e) {
        end = "refused: " + e.getMessage();
      }
    }
    System.out.println("shown " + shown);
    System.out.println(end);
  }
}
