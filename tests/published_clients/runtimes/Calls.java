import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * The JDK's own client as it is when nobody sets it up: on plain http every first request offers an upgrade to HTTP/2.
 * `ADDRESS KEY PATH...` in, one line per path out: the status and what the server said.
 */
public final class Calls {
    public static void main(String[] arguments) throws Exception {
        var body = "{\"clientKey\":\"" + arguments[1] + "\"}";
        for (var place = 2; place < arguments.length; place++) {
            var client = HttpClient.newHttpClient();
            var request = HttpRequest.newBuilder(URI.create(arguments[0] + arguments[place]))
                    .header("Content-Type", "application/json")
                    .header("X-API-Key", arguments[1])
                    .timeout(Duration.ofSeconds(60))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.statusCode() + " " + answer.body());
        }
    }
}
