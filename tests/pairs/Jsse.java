// A real end of JSSE, spoken to through its standard input and output.
//
// Each request is its length (four octets, the operation counted), one octet that says what is to be done, and
// its data; each answer is a length and data. Certificates and keys of the pool come first, and are numbered
// as they come; then ends are opened, take their turns, and are closed.
import java.io.*;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.net.ssl.*;

public class Jsse {
  static final List<X509Certificate> certs = new ArrayList<>();
  static final List<PrivateKey> keys = new ArrayList<>();
  static final Map<String, TrustManager[]> trusts = new HashMap<>();
  static final Map<String, KeyManager[]> identities = new HashMap<>();
  static final End[] ends = new End[2];
  static final SecureRandom random = new SecureRandom();
  static final ByteArrayOutputStream log = new ByteArrayOutputStream(); // with javax.net.debug

  // Takes every certificate, and names the same CAs as the one that it stands for.
  static class TakesAll extends X509ExtendedTrustManager {
    final X509Certificate[] names;
    TakesAll(TrustManager[] from) { names = ((X509TrustManager)from[0]).getAcceptedIssuers(); }
    public void checkClientTrusted(X509Certificate[] c, String a) {}
    public void checkServerTrusted(X509Certificate[] c, String a) {}
    public void checkClientTrusted(X509Certificate[] c, String a, java.net.Socket s) {}
    public void checkServerTrusted(X509Certificate[] c, String a, java.net.Socket s) {}
    public void checkClientTrusted(X509Certificate[] c, String a, SSLEngine e) {}
    public void checkServerTrusted(X509Certificate[] c, String a, SSLEngine e) {}
    public X509Certificate[] getAcceptedIssuers() { return names; }
  }

  static class End {
    SSLEngine engine;
    boolean done, fine = true;
    String error = "";
    ByteBuffer in = ByteBuffer.allocate(1 << 18), out = ByteBuffer.allocate(1 << 18);
    final ByteBuffer plain = ByteBuffer.allocate(1 << 17), nothing = ByteBuffer.allocate(0);

    void take(byte[] bytes, int from) {
      in.put(bytes, from, bytes.length - from);
    }

    // One step; false: nothing is to be done before more comes.
    boolean step() throws SSLException {
      SSLEngineResult result;
      switch (engine.getHandshakeStatus()) {
      case NEED_TASK:
        for (Runnable task; (task = engine.getDelegatedTask()) != null;)
          task.run();
        return true;
      case NEED_WRAP:
        result = engine.wrap(nothing, out);
        break;
      default:
        plain.clear();
        in.flip();
        try {
          result = engine.unwrap(in, plain);
        } finally {
          in.compact();
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW)
          return false;
      }
      if (result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED)
        done = true;
      boolean closed = result.getStatus() == SSLEngineResult.Status.CLOSED;
      return !closed && (result.bytesConsumed() > 0 || result.bytesProduced() > 0 ||
                          result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_TASK ||
                          result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP);
    }

    void turn() {
      try {
        while (step())
          ;
      } catch (Exception e) {
        fail(e);
      }
    }

    void fail(Exception e) {
      fine = false;
      Throwable t = e;
      error = String.valueOf(e.getMessage());
      while ((t = t.getCause()) != null)
        error += " / " + t.getClass().getSimpleName();
      try {
        for (int i = 0; i < 8 && !engine.isOutboundDone(); i++)
          engine.wrap(nothing, out);
      } catch (Exception ignored) { // there is no alert to send, then
      }
    }
  }

  static String[] words(String list) { return list.equals("-") ? new String[0] : list.split(","); }

  static TrustManager[] trust(String list) throws Exception {
    TrustManager[] known = trusts.get(list);
    if (known != null)
      return known;
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    for (String cert : words(list))
      store.setCertificateEntry(cert, certs.get(Integer.parseInt(cert)));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    trusts.put(list, factory.getTrustManagers());
    return trusts.get(list);
  }

  // "alias:key:leaf:ca:ca,alias:key:leaf"
  static KeyManager[] identities(String list) throws Exception {
    KeyManager[] known = identities.get(list);
    if (known != null)
      return known;
    char[] password = "changeit".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12"); // which keeps the order
    store.load(null, null);
    for (String word : words(list)) {
      String[] parts = word.split(":");
      X509Certificate[] chain = new X509Certificate[parts.length - 2];
      for (int i = 0; i < chain.length; i++)
        if ((chain[i] = certs.get(Integer.parseInt(parts[i + 2]))) == null)
          throw new KeyStoreException("this certificate can not be read");
      PrivateKey key = keys.get(Integer.parseInt(parts[1]));
      if (key == null)
        throw new KeyStoreException("this key can not be read");
      store.setKeyEntry(parts[0], key, password, chain);
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, password);
    identities.put(list, factory.getKeyManagers());
    return identities.get(list);
  }

  // role versions suites order peer host identities trust protocols check
  static void open(String[] w) throws Exception {
    int role = Integer.parseInt(w[0]);
    End end = new End();
    log.reset();
    TrustManager[] trust = trust(w[7]);
    if (w[4].equals("all") || w[4].equals("want-all"))
      trust = new TrustManager[] {new TakesAll(trust)};
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identities(w[6]), trust, random);
    end.engine = w[5].equals("-") ? context.createSSLEngine() : context.createSSLEngine(w[5], 443);
    end.engine.setUseClientMode(role == 0);
    SSLParameters p = end.engine.getSSLParameters();
    if (!w[1].equals("-"))
      p.setProtocols(words(w[1]));
    if (!w[2].equals("-"))
      p.setCipherSuites(words(w[2]));
    p.setUseCipherSuitesOrder(w[3].equals("own"));
    if (w[9].equals("check"))
      p.setEndpointIdentificationAlgorithm("HTTPS");
    if (!w[8].equals("-"))
      p.setApplicationProtocols(words(w[8]));
    if (w[4].startsWith("want"))
      p.setWantClientAuth(true);
    if (w[4].equals("need"))
      p.setNeedClientAuth(true);
    end.engine.setSSLParameters(p);
    ends[role] = end;
    end.engine.beginHandshake();
  }

  static byte[] answer(int what, byte[] data) throws Exception {
    switch (what) {
    case 'c':
      try {
        certs.add((X509Certificate)CertificateFactory.getInstance("X.509").generateCertificate(
          new ByteArrayInputStream(data, 1, data.length - 1)));
      } catch (CertificateException e) {
        certs.add(null);
      }
      return new byte[0];
    case 'k':
      keys.add(key(Arrays.copyOfRange(data, 1, data.length)));
      return new byte[0];
    case 'o':
      try {
        open(new String(data, 1, data.length - 1, StandardCharsets.US_ASCII).split(" "));
        return new byte[0];
      } catch (SSLException | GeneralSecurityException | IllegalArgumentException e) {
        return String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      }
    case 't':
      return turn(ends[data[1]], data);
    case 'w':
      return watched(ends[data[1]]);
    default:
      throw new IOException("unknown request");
    }
  }

  static int number(java.security.cert.Certificate[] chain) {
    return chain == null ? -1 : certs.indexOf(chain[0]);
  }

  // "own peer protocol", numbers of certificates or -1, and on the lines below what the library has logged
  static byte[] watched(End end) throws IOException {
    SSLSession session = end.engine.getSession();
    int peer = -1;
    try {
      peer = number(session.getPeerCertificates());
    } catch (SSLPeerUnverifiedException e) { // it has shown none
    }
    String protocol = end.engine.getApplicationProtocol();
    String head = number(session.getLocalCertificates()) + " " + peer + " " +
                  (protocol == null || protocol.isEmpty() ? "-" : protocol) + "\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(head.getBytes(StandardCharsets.UTF_8));
    System.err.flush();
    bytes.write(log.toByteArray());
    return bytes.toByteArray();
  }

  static PrivateKey key(byte[] pkcs8) {
    for (String algorithm : new String[] {"RSA", "RSASSA-PSS", "EC", "EdDSA", "DSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) { // another kind, perhaps
      }
    }
    return null;
  }

  // done, fine, length of the error, error, what is to be sent
  static byte[] turn(End end, byte[] data) throws IOException {
    end.take(data, 2);
    if (end.fine)
      end.turn();
    byte[] error = end.error.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int length = Math.min(error.length, 150);
    bytes.write(end.done ? 1 : 0);
    bytes.write(end.fine ? 1 : 0);
    bytes.write(length);
    bytes.write(error, 0, length);
    bytes.write(end.out.array(), 0, end.out.position());
    end.out.clear();
    return bytes.toByteArray();
  }

  public static void main(String[] args) throws Exception {
    if (System.getProperty("javax.net.debug") != null)
      System.setErr(new PrintStream(log, true));
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out));
    for (;;) {
      byte[] data;
      try {
        data = new byte[in.readInt()];
      } catch (EOFException e) {
        return;
      }
      in.readFully(data);
      byte[] answer = answer(data[0], data);
      out.writeInt(answer.length);
      out.write(answer);
      out.flush();
    }
  }
}
