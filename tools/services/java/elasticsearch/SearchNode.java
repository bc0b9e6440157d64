import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts one real Elasticsearch node: {@code java -cp ... SearchNode HOME STATE HTTP_PORT TRANSPORT_PORT}. */
public final class SearchNode {
    public static void main(String[] args) throws Exception {
        String home = args[0];
        Path state = Path.of(args[1]);
        System.setProperty("es.path.home", home);
        System.setProperty("es.logs.base_path", state.resolve("logs").toString());
        System.setProperty("es.logs.cluster_name", "local");
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("path.data", state.resolve("data").toString())
            .put("path.logs", state.resolve("logs").toString())
            .put("cluster.name", "local")
            .put("node.name", "local-1")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", args[2])
            .put("transport.port", args[3])
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        Environment environment = new Environment(settings, Path.of(home, "config"));
        LogConfigurator.registerErrorListener();
        LogConfigurator.configureESLogging();
        LogConfigurator.setNodeName("local-1");
        LogConfigurator.configure(environment, true);
        // `false`: the server runs from the class path here, so it exports no Java modules.
        PluginsLoader loader = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
        Node node = new Node(environment, loader);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
        node.start();
        Thread.currentThread().join();
    }
}
