import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Runs one Elasticsearch node with the settings given as name=value arguments, until the process is told to end. */
public final class ElasticsearchNode {
  public static void main(String[] arguments) throws Exception {
    Settings.Builder builder = Settings.builder();
    for (String argument : arguments) {
      int cut = argument.indexOf('=');
      builder.put(argument.substring(0, cut), argument.substring(cut + 1));
    }
    Settings settings = builder.build();
    LogConfigurator.configureESLogging();
    Environment environment = new Environment(settings, Path.of(System.getProperty("latchkey.config")));
    LogConfigurator.configure(environment, true);
    PluginsLoader loader = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of());
    Node node = new Node(environment, loader);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    if (Boolean.getBoolean("latchkey.attached")) endWithParent();
    // The threads of a node do not keep its process alive.
    new CountDownLatch(1).await();
  }

  /** The parent holds the other end of the standard input: it closes when the parent ends, however it ends. */
  private static void endWithParent() throws Exception {
    while (System.in.read() != -1) {
      continue;
    }
    System.exit(0);
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception failure) {
      failure.printStackTrace();
    }
  }
}
