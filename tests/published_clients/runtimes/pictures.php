<?php
// PHP's own way to send files: a curl handle whose fields are an array, where two files cannot have one name.
// `ADDRESS KEY SECRET_ID PICTURE TASK` in, one JSON line out: what the server said to each way.

[, $address, $key, $secretId, $picture, $task] = $argv;

function post(string $url, array $headers, $fields): array
{
    $call = curl_init($url);
    curl_setopt_array($call, [
        CURLOPT_POSTFIELDS => $fields,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 60,
    ]);
    $answer = json_decode(curl_exec($call), true);
    return isset($answer['json']) ? json_decode($answer['json'], true) : $answer;
}

$url = "$address/v3/recognition/$secretId";
$headers = ["X-API-Key: $key"];
$file = fn(string $name) => new CURLFile($picture, 'image/png', $name);
$body = base64_encode(file_get_contents($picture));

echo json_encode([
    'two files' => post($url, $headers, ['image[0]' => $file('a.png'), 'image[1]' => $file('b.png'), 'tag[0]' => 'room 7']),
    'one task' => post($url, $headers, ['image[0]' => $file('a.png'), 'task[0]' => $task]),
    'no such task' => post($url, $headers, ['image' => $file('a.png'), 'task[0]' => str_repeat('0', 24)]),
    'a form' => post($url, $headers, http_build_query(['image' => ['http://127.0.0.1:8999/x'], 'task' => [str_repeat('0', 24)]])),
    'balance' => post("$address/getBalance", [], json_encode(['clientKey' => "$key\n"])),
    'spending' => post("$address/getSpendingStats", [], json_encode(['clientKey' => $key, 'queue' => 1])),
    'task' => post("$address/createTask", ['Content-Type: application/json'], json_encode([
        'clientKey' => $key,
        'softId' => 0,
        'callbackUrl' => '',
        'task' => ['type' => 'ImageToTextTask', 'body' => $body, 'queueId' => '1', 'numeric' => false, 'comment' => null],
    ])),
]), "\n";
