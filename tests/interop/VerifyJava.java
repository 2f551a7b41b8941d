// Judges the cases of a file in the form of scripts/make-verify-cases as Java's trust manager and its host name
// checker do, and writes them again with Java's answer as the expectation.
// Usage: java --add-exports java.base/sun.security.util=ALL-UNNAMED VerifyJava.java CASES >NEW-CASES
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FileReader;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import sun.security.util.HostnameChecker;

public class VerifyJava {
  static final Map<String, X509Certificate> certs = new HashMap<>();

  static void judge(List<String> anchors, List<String> chain, String purpose, String at, String host) throws Exception {
    Set<TrustAnchor> trusted = new HashSet<>();
    for (String name : anchors)
      trusted.add(new TrustAnchor(certs.get(name), null));
    PKIXBuilderParameters params = new PKIXBuilderParameters(trusted, new X509CertSelector());
    params.setRevocationEnabled(false);
    params.setDate(Date.from(at.startsWith("@") ? Instant.ofEpochSecond(Long.parseLong(at.substring(1))) : Instant.parse(at)));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(params));
    X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
    X509Certificate[] sent = chain.stream().map(certs::get).toArray(X509Certificate[]::new);
    if (purpose.equals("server"))
      manager.checkServerTrusted(sent, "UNKNOWN");
    else
      manager.checkClientTrusted(sent, "UNKNOWN");
    if (host != null)
      HostnameChecker.getInstance(HostnameChecker.TYPE_TLS).match(host, sent[0]);
  }

  static boolean holds(List<String> anchors, List<String> chain, String purpose, String at, String host) {
    try {
      judge(anchors, chain, purpose, at, host);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  static void read(CertificateFactory factory, String line) {
    String[] w = line.split(" ");
    try {
      byte[] der = Base64.getDecoder().decode(w[2]);
      certs.put(w[1], (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      System.out.println(line);
    } catch (CertificateException e) {
      certs.remove(w[1]); // what Java does not even read is not compared
    }
  }

  public static void main(String[] args) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<String> anchors = new ArrayList<>(), chain = new ArrayList<>(), lines = new ArrayList<>();
    Map<String, String> values = new HashMap<>();
    BufferedReader in = new BufferedReader(new FileReader(args[0]));
    for (String line; (line = in.readLine()) != null;) {
      String[] w = line.split(" ", 2);
      if (line.startsWith("cert ")) {
        read(factory, line);
      } else if (w[0].equals("case")) {
        anchors.clear();
        chain.clear();
        lines.clear();
        values.clear();
        values.put("case", w[1]);
      } else if (line.equals("end")) {
        String purpose = values.get("purpose");
        boolean tls = "server".equals(purpose) || "client".equals(purpose);
        if (!tls || !certs.keySet().containsAll(anchors) || !certs.keySet().containsAll(chain))
          continue;
        boolean ok = holds(anchors, chain, purpose, values.get("at"), values.get("host"));
        System.out.println("case " + values.get("case") + "\nexpect " + (ok ? "ok" : "fail"));
        lines.forEach(System.out::println);
        System.out.println("end");
      } else if (w.length == 2 && !w[0].equals("crl")) {
        if (w[0].equals("anchor"))
          anchors.add(w[1]);
        else if (w[0].equals("target"))
          chain.add(0, w[1]);
        else if (w[0].equals("untrusted"))
          chain.add(w[1]);
        else
          values.put(w[0], w[1]);
        if (w[0].matches("anchor|target|untrusted|purpose|at|host"))
          lines.add(line);
      }
    }
  }
}
