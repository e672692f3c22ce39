/**
 * SHA-256 of the libraries that the pinned packages hold, as they were when each version was looked at. What is not
 * here is loaded only after `nidslab engines add NAME --trust`.
 */
export const knownLibraries: Readonly<Record<string, string>> = {
  bad3eb7004550b6db2338486061bf628cabc2340d4913e811b0564ba4788eef5: "xgboost-cpu 3.2.0, Linux x64",
  a43904e4fa297301d4640dc1bb3c8a3480b406f99e498eba9b1914b68aab604a: "libgomp of xgboost-cpu 3.2.0, Linux x64",
  "4e67ae39463156ef6c5f42d740d51065afed5e8611a51642f74261382e4bc7bc":
    "xgboost_node 0.4.2 (XGBoost 1.7.5), Linux x64",
  "818785c3d11d95b780870fdba1c1282c41814ef934cbab777aec99f8d52e4510":
    "xgboost_node 0.4.2 (XGBoost 1.7.5), macOS arm64",
  "573d57e8a2c6290c2271b99b87afa7a802e796eafc9e8d66aefa0913cbc1616a": "lightgbm 4.7.0, Linux x64",
  "711f4d5417e8c2cfdf7b5fef4b355e64d15e03cc60f9c8e1d026f684ee1c13b3":
    "catboost 1.2.10, Linux x64, Python 3.11",
  "6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e": "tensorflow-cpu 2.21.0, Linux x64",
  f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b:
    "tensorflow-cpu 2.21.0 (framework), Linux x64",
  "17c1578baa7e0a06f2760d230bf035a58f4498c68ae375554d3bee81a87cb4c9":
    "libgomp of xgboost-cpu 3.2.0 under the name libgomp.so.1, Linux x64",
  "724050d83a499f69539b8cb91fab3c21a9711bfb9ac2db3e373e0a4e044b1ff0": "@tensorflow/tfjs 4.22.0",
  a0508700d98d39ef03c1ff229814d66e20f782e2e8cded0d656f5612ba02392d: "@tensorflow/tfjs-node 4.22.0",
  "036bc2588964daacd723f017c779348a37e7b994579fca83fd90b39b0f5fc467": "danfojs-node 1.2.0",
};
